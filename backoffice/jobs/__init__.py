"""Work behind the page: tasks, worker, periodic slots and the Celery carrier."""

"""The timetable of 1:1 talks: who meets whom, in which slot, at which table. Pure and deterministic.

A pair is wished for by one side or by both; both counts more than one, a first wish more than a fifth. Pairs are placed
in that order, each in the emptiest slot both have free. Where they have none in common, two slots are exchanged along a
chain of talks (Kempe), so that a full diary is filled before a wish is given up. A talk once placed is moved, never lost.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

Pair = tuple[int, int]
Wishes = Mapping[Pair, int]
"""(who wishes, whom) -> rank, 1 for the most wanted."""


@dataclass(frozen=True, slots=True, order=True)
class Talk:
    """Two organizations at one table in one slot; the smaller number stands first. Slots and tables count from 1."""

    slot: int
    table: int
    first: int
    second: int

    @property
    def pair(self) -> Pair:
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class Room:
    """How many talks follow one another, and how many take place at the same time."""

    slots: int
    tables: int


def pair_of(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def ranked(wishes: Wishes) -> list[Pair]:
    """Every wished pair once: mutual wishes first, then by rank, then by number so that the order is always the same."""
    ranks: dict[Pair, list[int]] = {}
    for (who, whom), rank in wishes.items():
        if who != whom:
            ranks.setdefault(pair_of(who, whom), []).append(rank)
    return sorted(ranks, key=lambda pair: (-len(ranks[pair]), sum(ranks[pair]), pair))


def timetable(wishes: Wishes, room: Room, fixed: Collection[Talk] = ()) -> tuple[Talk, ...]:
    """The talks of an event in order. ``fixed`` ones stay where staff put them. Raises ValueError if they collide."""
    faults = collisions(fixed, room)
    if faults:
        raise ValueError(f"fixed talks collide: {faults[0]}")
    plan = _Plan(room, frozenset(talk.pair for talk in fixed))
    for talk in fixed:
        plan.put(talk.pair, talk.slot)
    left: list[Pair] = []
    for pair in ranked(wishes):
        if pair in plan.fixed:
            continue
        left.append(pair)
        _place_all(plan, left)
    return _at_tables(plan, fixed)


def _place_all(plan: "_Plan", left: list[Pair]) -> None:
    """Place what can be placed, from the most wanted on: a chain may have opened a slot for a pair passed over before."""
    while (placed := next((pair for pair in left if plan.place(pair)), None)) is not None:
        left.remove(placed)


def collisions(talks: Iterable[Talk], room: Room) -> list[Pair]:
    """(slot, organization) of everybody who would sit at two tables at once, and (slot, -table) of a table used twice."""
    seen: set[Pair] = set()
    found: list[Pair] = []
    for talk in talks:
        outside = not (1 <= talk.slot <= room.slots and 1 <= talk.table <= room.tables) or talk.first == talk.second
        for place in ((talk.slot, talk.first), (talk.slot, talk.second), (talk.slot, -talk.table)):
            if outside or place in seen:
                found.append(place)
            seen.add(place)
    return found


@dataclass(slots=True)
class _Plan:
    """Talks by slot while the timetable is being made."""

    room: Room
    fixed: frozenset[Pair]
    partner: dict[Pair, int] = field(default_factory=dict)
    """(slot, organization) -> whom it meets then."""
    load: dict[int, int] = field(default_factory=dict)

    def slots(self) -> range:
        return range(1, self.room.slots + 1)

    def put(self, pair: Pair, slot: int) -> None:
        one, other = pair
        self.partner[slot, one], self.partner[slot, other] = other, one
        self.load[slot] = self.load.get(slot, 0) + 1

    def lift(self, pair: Pair, slot: int) -> None:
        for organization in pair:
            del self.partner[slot, organization]
        self.load[slot] -= 1

    def free(self, organization: int) -> list[int]:
        return [slot for slot in self.slots() if (slot, organization) not in self.partner]

    def place(self, pair: Pair) -> bool:
        """Put a pair into the emptiest slot both have free, or make one free."""
        one, other = pair
        free = set(self.free(one)) & set(self.free(other))
        open_slots = [slot for slot in sorted(free) if self.load.get(slot, 0) < self.room.tables]
        if open_slots:
            self.put(pair, min(open_slots, key=lambda slot: (self.load.get(slot, 0), slot)))
            return True
        return not free and any(self._exchange(pair, s, t) for s, t in product(self.free(one), self.free(other)))

    def _exchange(self, pair: Pair, slot: int, instead: int) -> bool:
        """Make ``slot`` free for the second of the pair by exchanging two slots along its chain of talks."""
        chain = self._chain(pair[1], slot, instead)
        moved = len(chain) % 2
        if any(link in self.fixed or pair[0] in link for link, _ in chain):
            return False
        if (
            self.load.get(slot, 0) + 1 - moved > self.room.tables
            or self.load.get(instead, 0) + moved > self.room.tables
        ):
            return False
        for link, at in chain:
            self.lift(link, at)
        for link, at in chain:
            self.put(link, instead if at == slot else slot)
        self.put(pair, slot)
        return True

    def _chain(self, start: int, slot: int, instead: int) -> list[tuple[Pair, int]]:
        """The talks that follow from one another when ``start`` moves from one slot to the other."""
        chain: list[tuple[Pair, int]] = []
        here, at = start, slot
        while (at, here) in self.partner:
            there = self.partner[at, here]
            chain.append((pair_of(here, there), at))
            here, at = there, instead if at == slot else slot
        return chain


def _at_tables(plan: _Plan, fixed: Collection[Talk]) -> tuple[Talk, ...]:
    """Give every talk the lowest table that is free in its slot; fixed ones keep theirs."""
    talks = list(fixed)
    for slot in plan.slots():
        taken = {talk.table for talk in fixed if talk.slot == slot}
        tables = iter(table for table in range(1, plan.room.tables + 1) if table not in taken)
        pairs = {pair_of(one, other) for (at, one), other in plan.partner.items() if at == slot} - plan.fixed
        talks += [Talk(slot, next(tables), *pair) for pair in sorted(pairs)]
    return tuple(sorted(talks))

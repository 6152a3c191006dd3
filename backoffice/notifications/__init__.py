"""Mails in Korean and English, and who may receive them."""

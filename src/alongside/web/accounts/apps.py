from django.apps import AppConfig


class Accounts(AppConfig):
    name = "alongside.web.accounts"
    label = "accounts"

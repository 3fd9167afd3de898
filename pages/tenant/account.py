"""Moje konto: size of type, password, sessions, history, terms; proxies; all one's data to take away; a request to close it."""

from core.accounts.terms import accepted_terms
from core.audit.views import own_views
from core.db import reading
from ui.account_blocks import account_parts, terms_table
from ui.closing import closing_part
from ui.data_views import views_part
from ui.layout import frame, note, section
from ui.own_data import own_data_part
from ui.proxies import given_part, held_part
from ui.sign_in import require_tenant
from ui.text_size import text_size_part

scope = require_tenant()

with frame("Moje konto", scope.name):
    text_size_part(scope)
    account_parts(scope)
    with reading() as session:
        accepted = accepted_terms(session, scope)
    section("Zaakceptowane regulaminy")
    if accepted:
        terms_table(accepted)
    else:
        note("Nie ma jeszcze zaakceptowanego regulaminu.")
    held_part(scope)
    if scope.proxy is None:  # the rest is of one's own matters as a tenant
        with reading() as session:
            views = own_views(session, scope)
        given_part(scope)
        views_part(views)
        own_data_part(scope)
        closing_part(scope)

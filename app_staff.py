"""Staff dashboard: the ASGI application and the router, nothing else.

`streamlit run app_staff.py` imports this file for `app` and runs it as the script of every session.
"""

import streamlit as st
from streamlit import runtime

from core.access.models import Realm
from core.access.scopes import Permission


def main() -> None:
    """One run of the dashboard."""
    from ui.router import Screen, run

    screens = [
        Screen("pages/staff/desk.py", "Pulpit"),
        Screen("pages/staff/activations.py", "Wnioski", "wnioski", Permission.RECEIVE_REQUESTS),
        Screen("pages/staff/tenants.py", "Najemcy", "najemcy", Permission.SEE_TENANTS),
        Screen("pages/staff/contact_changes.py", "Zmiany danych", "zmiany-danych", Permission.REVIEW_CONTACT_CHANGES),
        Screen("pages/staff/faults.py", "Zgłoszenia", "zgloszenia", Permission.MANAGE_FAULTS),
        Screen("pages/staff/imports.py", "Import", "import", Permission.IMPORT_FILES),
        Screen("pages/staff/suspense.py", "Poczekalnia", "poczekalnia", Permission.IMPORT_FILES),
        Screen("pages/staff/periods.py", "Okresy", "okresy", Permission.IMPORT_FILES),
        Screen("pages/staff/readings.py", "Odczyty", "odczyty", Permission.MANAGE_READINGS),
        Screen("pages/staff/finance.py", "Finanse", "finanse", Permission.SEE_FINANCE),
        Screen("pages/staff/exports.py", "Eksporty", "eksporty", Permission.EXPORT_READINGS),
        Screen("pages/staff/announcements.py", "Ogłoszenia", "ogloszenia", Permission.WRITE_ANNOUNCEMENTS),
        Screen("pages/staff/correspondence.py", "Korespondencja", "korespondencja", Permission.SEND_LETTERS),
        Screen("pages/staff/administration.py", "Administracja", "administracja", Permission.MANAGE_MAIL),
        Screen("pages/staff/account.py", "Moje konto", "konto"),
        Screen("pages/staff/help.py", "Pomoc", "pomoc", public=True),
    ]
    run(Realm.STAFF, screens, sign_in_file="pages/staff/sign_in.py")


if runtime.exists():
    main()
else:
    from ui.starting import importing

    with importing():
        from ui.asgi import asgi
    app = st.App(__file__, **asgi(Realm.STAFF))

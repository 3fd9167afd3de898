"""Tenant portal: the ASGI application and the router, nothing else.

`streamlit run app_tenant.py` imports this file for `app` and runs it as the script of every session.
"""

import streamlit as st
from streamlit import runtime

from core.access.models import ProxyLevel, Realm


def main() -> None:
    """One run of the portal."""
    from ui.router import Screen, run

    screens = [
        Screen("pages/tenant/home.py", "Strona główna", proxy=ProxyLevel.SEE),
        Screen("pages/tenant/finance.py", "Finanse", "finanse", proxy=ProxyLevel.SEE),
        Screen("pages/tenant/premises.py", "Lokale", "lokale", proxy=ProxyLevel.SEE),
        Screen("pages/tenant/meters.py", "Liczniki", "liczniki", proxy=ProxyLevel.SEE),
        Screen("pages/tenant/faults.py", "Zgłoszenia", "zgloszenia", proxy=ProxyLevel.EVERYTHING),
        Screen("pages/tenant/announcements.py", "Ogłoszenia", "ogloszenia", proxy=ProxyLevel.EVERYTHING),
        Screen("pages/tenant/correspondence.py", "Korespondencja", "korespondencja", proxy=ProxyLevel.EVERYTHING),
        Screen("pages/tenant/contact.py", "Dane kontaktowe", "dane-kontaktowe"),
        Screen("pages/tenant/account.py", "Moje konto", "konto", proxy=ProxyLevel.SEE),
        Screen("pages/tenant/activation.py", "Aktywacja konta", "aktywacja", public=True),
        Screen("pages/tenant/request_status.py", "Stan wniosku", "wniosek", public=True),
        Screen("pages/tenant/recovery.py", "Odzyskiwanie dostępu", "odzyskiwanie", public=True, listed=False),
        Screen(
            "pages/tenant/proxy_invitation.py", "Zaproszenie pełnomocnika", "pelnomocnictwo", public=True, listed=False
        ),
        Screen("pages/tenant/not_me.py", "To nie ja", "to-nie-ja", public=True, listed=False),
        Screen("pages/tenant/administrator.py", "Administrator", "administrator", public=True),
        Screen("pages/tenant/help.py", "Pomoc", "pomoc", public=True),
        Screen("pages/tenant/terms.py", "Regulamin", "regulamin", public=True, listed=False),
    ]
    run(Realm.TENANT, screens, sign_in_file="pages/tenant/sign_in.py")


if runtime.exists():
    main()
else:
    from ui.starting import importing

    with importing():
        from ui.asgi import asgi
    app = st.App(__file__, **asgi(Realm.TENANT))

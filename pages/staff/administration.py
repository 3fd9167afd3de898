"""Administracja: employees, outgoing mail, terms, audit log; everybody sees the parts that are theirs."""

import streamlit as st

from core.access.scopes import Permission
from ui.audit_desk import audit_part
from ui.employee_desk import employees_part
from ui.layout import frame
from ui.mail_desk import mail_part
from ui.sign_in import require_employee
from ui.terms_desk import terms_part

scope = require_employee(Permission.MANAGE_MAIL)
PARTS = {
    "Pracownicy": (Permission.MANAGE_EMPLOYEES, employees_part),
    "Poczta": (Permission.MANAGE_MAIL, mail_part),
    "Regulamin": (Permission.MANAGE_TERMS, terms_part),
    "Dziennik zdarzeń": (Permission.SEE_AUDIT, audit_part),
}

with frame("Administracja"):
    names = [name for name, (permission, _) in PARTS.items() if scope.may(permission)]
    chosen = names[0]
    if len(names) > 1:
        chosen = (
            st.radio("Część", names, horizontal=True, key="administration_part", persist_state="session") or names[0]
        )
    PARTS[chosen][1](scope)

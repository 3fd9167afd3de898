"""Logowanie: the address to link to. Whoever is signed in already goes home."""

import streamlit as st

from core.access.models import Realm
from ui.sign_in import current_employee, sign_in_or_stop

if current_employee():
    st.switch_page("pages/staff/desk.py")
sign_in_or_stop(Realm.STAFF)

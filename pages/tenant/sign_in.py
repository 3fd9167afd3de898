"""Logowanie: the address to link to. Whoever is signed in already goes home."""

import streamlit as st

from core.access.models import Realm
from ui.sign_in import current_tenant, sign_in_or_stop

if current_tenant():
    st.switch_page("pages/tenant/home.py")
sign_in_or_stop(Realm.TENANT)

"""All sections of own data, in the order in which they are told: a new kind of data is one line here."""

from core.own_data import asked, person, proxies, received, renting
from core.own_data.sections import Section

SECTIONS: tuple[Section, ...] = (
    person.PERSON,
    person.CHANGES,
    person.CONSENTS,
    person.ACCOUNTS,
    person.SESSIONS,
    person.ATTEMPTS,
    person.TERMS,
    person.APPLICATIONS,
    person.CLOSINGS,
    person.EXPORTS,
    proxies.PROXIES,
    renting.TENANCIES,
    renting.CHARGES,
    renting.LEDGER,
    renting.METERS,
    renting.READINGS,
    received.ANNOUNCEMENTS,
    received.LETTERS,
    received.NOTICES,
    asked.QUESTIONS,
    asked.FAULTS,
    asked.FAULT_STEPS,
    asked.FAULT_MESSAGES,
    asked.VIEWS,
)

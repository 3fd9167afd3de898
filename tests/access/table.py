"""The access matrix: one row for every door of the core. A door without a row, or a row without a door, is red."""

from dataclasses import dataclass
from enum import StrEnum

from core.access.scopes import Permission
from core.accounts.gates import Gate


class Foreign(StrEnum):
    """What a door answers when it is shown somebody else's object, or an object of another district."""

    REFUSES = "refuses"  # NotFoundError: the object is not there for who asks
    SHOWS_NOTHING = "shows nothing"  # an empty answer, or an answer in which nothing of it appears
    CITY_WIDE = "city-wide"  # what it shows belongs to no district; the reason stands beside the row


@dataclass(frozen=True, slots=True)
class Row:
    """Who a door opens for. `gate`: it is passed there, and nowhere else; `at_will`: and by whom it does not
    stand before. `at_gates`: also before the gates."""

    permission: Permission | None = None
    foreign: Foreign = Foreign.SHOWS_NOTHING
    gate: Gate | None = None
    at_will: bool = False
    at_gates: bool = False


MINE = Row()  # of whoever is signed in, whose own things it touches
OBJECT = Row(foreign=Foreign.REFUSES)
AT_GATES = Row(at_gates=True)


def _city(permission: Permission) -> Row:
    return Row(permission, Foreign.CITY_WIDE)


def _district(permission: Permission) -> Row:
    return Row(permission, Foreign.SHOWS_NOTHING)


def _object(permission: Permission) -> Row:
    return Row(permission, Foreign.REFUSES)


P = Permission
ROWS: dict[str, Row] = {
    # One's own account
    "accounts.devices.end_device": OBJECT,
    "accounts.devices.end_other_devices": MINE,
    "accounts.devices.sign_in_history": MINE,
    "accounts.devices.signed_in_devices": MINE,
    "accounts.employee_passwords.change_employee_password": MINE,
    "accounts.employee_passwords.replace_first_password": Row(gate=Gate.OWN_PASSWORD),
    "accounts.gates.open_gates": AT_GATES,
    "accounts.notice_choice.choose_topics_by_mail": MINE,
    "accounts.notice_choice.topics_by_mail": MINE,
    "accounts.own_passwords.change_password": MINE,
    "accounts.own_passwords.set_first_password": Row(gate=Gate.OWN_PASSWORD),
    "accounts.second_factor.begin_enrolment": Row(gate=Gate.SECOND_FACTOR, at_will=True),
    "accounts.second_factor.confirm_enrolment": Row(gate=Gate.SECOND_FACTOR, at_will=True),
    "accounts.second_factor.factor_is_set_up": AT_GATES,
    "accounts.second_factor.give_code": Row(gate=Gate.SECOND_FACTOR),
    "accounts.second_factor.recovery_codes_left": MINE,
    "accounts.second_factor.renew_recovery_codes": MINE,
    "accounts.terms.accept_terms": AT_GATES,
    "accounts.terms.accepted_before": AT_GATES,
    "accounts.terms.accepted_terms": MINE,
    # All of one's own data as a file, and the wish to close the account
    "own_data.asking.ask_for_data": MINE,
    "own_data.asking.own_export_file": OBJECT,
    "own_data.asking.own_exports": MINE,
    "accounts.closing.ask_closing": MINE,
    "accounts.closing.own_closing": MINE,
    "accounts.closing.withdraw_closing": MINE,
    "accounts.closing.close_as_asked": _object(P.MANAGE_ACCOUNTS),
    "accounts.closing.reject_closing": _object(P.MANAGE_ACCOUNTS),
    "accounts.closing.waiting_closings": _district(P.REVIEW_CONTACT_CHANGES),
    "accounts.closing.waiting_closings_count": _district(P.REVIEW_CONTACT_CHANGES),
    # Proxies: those a tenant has, those the office gave, for whom somebody acts
    "proxies.acting.act_for": OBJECT,
    "proxies.acting.give_up": OBJECT,
    "proxies.acting.standings": MINE,
    "proxies.given.given_proxies": MINE,
    "proxies.given.invite_proxy": OBJECT,
    "proxies.given.revoke_proxy": OBJECT,
    "proxies.invitation.accept_as": MINE,  # whoever holds the link
    "proxies.office.grant_by_office": _object(P.MANAGE_ACCOUNTS),
    "proxies.office.proxies_of_tenant": _district(P.SEE_TENANTS),
    "proxies.office.revoke_by_office": _object(P.MANAGE_ACCOUNTS),
    # A tenant's ledger, charges and home
    "charges.card.premises_card": OBJECT,
    "charges.schedule.charge_schedule": OBJECT,
    "ledger.balances.next_due": MINE,
    "ledger.balances.tenancy_balance": OBJECT,
    "ledger.balances.tenant_balance": MINE,
    "ledger.entries.ledger_page": OBJECT,
    "ledger.entries.ledger_span": OBJECT,
    "ledger.history.balance_history": OBJECT,
    "ledger.history.monthly_totals": OBJECT,
    "overview.tenant_home": MINE,
    "registry.premises.premises_details": OBJECT,
    "registry.queries.require_own_tenancy": OBJECT,
    "registry.queries.tenancies_of": MINE,
    # A tenant's meters
    "meters.monthly.months_of_water": OBJECT,
    "meters.own_windows.own_window": OBJECT,
    "meters.photos.photo_of_own_reading": OBJECT,
    "meters.queries.meters_of_tenancy": OBJECT,
    "meters.submitting.correct_own_reading": OBJECT,
    "meters.submitting.submit_reading": OBJECT,
    "meters.submitting.withdraw_reading": OBJECT,
    # A tenant's inbox
    "notices.inbox.dismiss": OBJECT,
    "notices.inbox.inbox": MINE,
    "overview.new_counts": MINE,
    "search.search_everything": _district(P.SEE_TENANTS),
    "registry.finding.find_premises": _district(P.SEE_TENANTS),
    "correspondence.desk.find_letters": _district(P.SEND_LETTERS),
    "audit.views.own_views": MINE,
    "accounts.notice_choice.has_daily_digest": MINE,
    # Announcements: a tenant's own, and those within an editor's districts
    "announcements.own.open_announcement": OBJECT,
    "announcements.own.own_announcements": MINE,
    "announcements.own.own_attachment": OBJECT,
    # Letters: a tenant's own, those of an employee's batches, and those to an employee's tenants
    "correspondence.own.open_letter": OBJECT,
    "correspondence.own.own_certificate": OBJECT,
    "correspondence.own.own_letter": OBJECT,
    "correspondence.own.own_letter_file": OBJECT,
    "correspondence.own.own_letters": MINE,
    "correspondence.desk.batch_file": _object(P.SEND_LETTERS),
    "correspondence.desk.certificate_served": _object(P.SEND_LETTERS),
    "correspondence.desk.letter_batches": _district(P.SEND_LETTERS),
    "correspondence.desk.letter_file_served": _object(P.SEND_LETTERS),
    "correspondence.desk.letters_of_batch": _object(P.SEND_LETTERS),
    "correspondence.desk.letters_of_tenant": _object(P.SEND_LETTERS),
    "correspondence.merging.last_text": _district(P.SEND_LETTERS),
    "correspondence.merging.pause_letters": _object(P.SEND_LETTERS),
    "correspondence.merging.resume_letters": _object(P.SEND_LETTERS),
    "correspondence.merging.sample_letter": _district(P.SEND_LETTERS),
    "correspondence.merging.start_letters": _district(P.SEND_LETTERS),
    "correspondence.printing.letters_on_paper": _object(P.SEND_LETTERS),
    "correspondence.printing.letters_to_print": _object(P.SEND_LETTERS),
    "correspondence.printing.paper_counts": _object(P.SEND_LETTERS),
    "correspondence.printing.paper_list": _object(P.SEND_LETTERS),
    "correspondence.sending.ask_recall": _object(P.SEND_LETTERS),
    "correspondence.sending.ask_sending": _object(P.SEND_LETTERS),
    "correspondence.sending.discard_batch": _object(P.SEND_LETTERS),
    "correspondence.sending.recall_batch": _object(P.SEND_LETTERS),
    "correspondence.sending.send_batch": _object(P.SEND_LETTERS),
    "correspondence.unmatched.addressee_of": _district(P.SEND_LETTERS),
    "correspondence.unmatched.assign_letter": _object(P.SEND_LETTERS),
    "correspondence.unmatched.put_letter_aside": _object(P.SEND_LETTERS),
    "correspondence.unmatched.unmatched_letters": _district(P.SEND_LETTERS),
    # Questions: a tenant's own, and those of an employee's tenants
    "questions.asking.ask_question": OBJECT,
    "questions.asking.close_own": OBJECT,
    "questions.asking.reply": OBJECT,
    "questions.own.own_question_attachment": OBJECT,
    "questions.own.own_thread": OBJECT,
    "questions.own.own_threads": MINE,
    "questions.subjects.own_subject": OBJECT,
    "questions.answering.answer_question": _object(P.ANSWER_QUESTIONS),
    "questions.answering.close_question": _object(P.ANSWER_QUESTIONS),
    "questions.answering.release_question": _object(P.ANSWER_QUESTIONS),
    "questions.answering.take_question": _object(P.ANSWER_QUESTIONS),
    "questions.answering.write_note": _object(P.ANSWER_QUESTIONS),
    "questions.desk.question_attachment_served": _object(P.ANSWER_QUESTIONS),
    "questions.desk.question_file": _object(P.ANSWER_QUESTIONS),
    "questions.desk.question_queue": _district(P.ANSWER_QUESTIONS),
    "questions.figures.answer_figures": _district(P.ANSWER_QUESTIONS),
    "imports.letters.hand_in_letters": _district(P.SEND_LETTERS),
    "registry.audiences.audience_choices": _district(P.SEE_DESK),
    "registry.audiences.tenancies_by_number": _city(P.SEE_DESK),  # repeats the numbers that were typed
    "announcements.board.attachment_served": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.board.reach_of": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.board.unopened_list": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.board.unopened_of": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.publishing.ask_publishing": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.publishing.publish": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.publishing.take_back": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.publishing.withdraw_announcement": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.queries.all_announcements": _district(P.WRITE_ANNOUNCEMENTS),
    "announcements.queries.announcement_file": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.writing.change_draft": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.writing.correct_announcement": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.writing.discard_draft": _object(P.WRITE_ANNOUNCEMENTS),
    "announcements.writing.write_draft": _district(P.WRITE_ANNOUNCEMENTS),
    # Contact data: a tenant's own, and what waits in the employee's districts
    "contact.changing.ask_address_change": MINE,
    "contact.changing.change_phone": MINE,
    "contact.changing.withdraw_address_change": MINE,
    "contact.consent.give_consent": MINE,
    "contact.consent.own_consent": MINE,
    "contact.consent.withdraw_consent": MINE,
    "contact.details.own_contact": MINE,
    "contact.email_change.ask_email_change": MINE,
    "contact.email_change.cancel_email_change": MINE,
    "contact.email_change.confirm_email_change": MINE,
    "contact.reviewing.approve_address": _object(P.REVIEW_CONTACT_CHANGES),
    "contact.reviewing.reject_address": _object(P.REVIEW_CONTACT_CHANGES),
    "contact.reviewing.settle_refused_email": _object(P.REVIEW_CONTACT_CHANGES),
    "contact.reviewing.waiting_changes": _district(P.REVIEW_CONTACT_CHANGES),
    "contact.reviewing.waiting_changes_count": _district(P.REVIEW_CONTACT_CHANGES),
    # Faults: a tenant's own reports, and those of the buildings that the employee looks after
    "faults.following.rate_report": OBJECT,
    "faults.following.reopen_report": OBJECT,
    "faults.following.write_message": OBJECT,
    "faults.own.known_incidents": OBJECT,
    "faults.own.open_fault": OBJECT,
    "faults.own.own_faults": MINE,
    "faults.photos.own_fault_photo": OBJECT,
    "faults.sending.join_incident": OBJECT,
    "faults.sending.send_report": OBJECT,
    "faults.handling.add_note": _object(P.MANAGE_FAULTS),
    "faults.handling.assign_report": _object(P.MANAGE_FAULTS),
    "faults.handling.change_deadline": _object(P.MANAGE_FAULTS),
    "faults.handling.change_status": _object(P.MANAGE_FAULTS),
    "faults.handling.write_to_tenant": _object(P.MANAGE_FAULTS),
    "faults.incidents.building_incidents": _district(P.MANAGE_FAULTS),
    "faults.incidents.change_incident": _object(P.MANAGE_FAULTS),
    "faults.incidents.close_incident": _object(P.MANAGE_FAULTS),
    "faults.incidents.declare_incident": _object(P.MANAGE_FAULTS),
    "faults.incidents.link_report": _object(P.MANAGE_FAULTS),
    "faults.incidents.unlink_report": _object(P.MANAGE_FAULTS),
    "faults.photos.served_fault_photo": _object(P.MANAGE_FAULTS),
    "faults.queue.all_in_queue": _district(P.MANAGE_FAULTS),
    "faults.queue.fault_choices": _district(P.MANAGE_FAULTS),
    "faults.queue.fault_count": _district(P.MANAGE_FAULTS),
    "faults.queue.fault_figures": _district(P.MANAGE_FAULTS),
    "faults.queue.fault_queue": _district(P.MANAGE_FAULTS),
    "faults.report_file.fault_file": _object(P.MANAGE_FAULTS),
    # Employees and the installation: people and texts of the whole landlord, no tenant's data
    "accounts.employee_list.employee_logins": _city(P.SEE_AUDIT),
    "accounts.employee_list.employees": _city(P.MANAGE_EMPLOYEES),
    "accounts.employee_list.reach_to_give": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.add_employee": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.block_employee": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.close_employee": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.mint_for": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.rename_employee": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.reset_sign_in": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.set_access": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.set_provider_subject": _city(P.MANAGE_EMPLOYEES),
    "accounts.employees.unblock_employee": _city(P.MANAGE_EMPLOYEES),
    "accounts.terms_publishing.draft_terms": _city(P.MANAGE_TERMS),
    "accounts.terms_publishing.publish_draft": _city(P.MANAGE_TERMS),
    "accounts.terms_publishing.terms_versions": _city(P.MANAGE_TERMS),
    "audit.queries.event_page": _city(P.SEE_AUDIT),  # numbers of objects only
    "audit.queries.known_actions": _city(P.SEE_AUDIT),
    "audit.queries.known_object_kinds": _city(P.SEE_AUDIT),
    "audit.queries.verify_log": _city(P.SEE_AUDIT),
    "outbox.undelivered.dead_mail": _city(P.MANAGE_MAIL),  # an address belongs to no district until it is read
    "outbox.undelivered.dead_mail_count": _city(P.MANAGE_MAIL),
    "outbox.undelivered.mail_queue": _city(P.MANAGE_MAIL),
    "outbox.undelivered.resend": _city(P.MANAGE_MAIL),
    # Tenants and their accounts, in the employee's districts
    "accounts.initial_passwords.reissue_initial_password": _object(P.MANAGE_ACCOUNTS),
    "accounts.office.account_of_tenant": _district(P.SEE_TENANTS),
    "accounts.office.ask_first": _object(P.MANAGE_ACCOUNTS),
    "accounts.office.carry_out": _district(P.MANAGE_ACCOUNTS),
    "accounts.office.close_account": _object(P.MANAGE_ACCOUNTS),
    "accounts.office.lock_by_office": _object(P.MANAGE_ACCOUNTS),
    "accounts.office.unlock_by_office": _object(P.MANAGE_ACCOUNTS),
    "ledger.balances.all_balances": _district(P.SEE_LEDGER),
    "ledger.balances.balance_by_number": _object(P.SEE_LEDGER),
    "ledger.arrears.city_arrears": _district(P.SEE_FINANCE),
    "ledger.arrears_trend.arrears_trend": _district(P.SEE_FINANCE),
    "ledger.debtors.largest_debtors": _district(P.SEE_FINANCE),
    "ledger.turnover.turnover": _district(P.SEE_FINANCE),
    "overview.staff_desk": _district(P.SEE_DESK),
    "registry.queries.tenancies_served": _district(P.SEE_TENANTS),
    "tenants.find_tenants": _district(P.SEE_TENANTS),
    "tenants.tenant_glance": _object(P.SEE_TENANTS),
    # Readings, in the employee's districts
    "meters.photos.photo_of_served_reading": _object(P.MANAGE_READINGS),
    "meters.replacing.replace_meter": _object(P.MANAGE_READINGS),
    "meters.review_queue.find_meters": _district(P.MANAGE_READINGS),
    "meters.review_queue.meter_file": _object(P.MANAGE_READINGS),
    "meters.review_queue.waiting_count": _district(P.MANAGE_READINGS),
    "meters.review_queue.waiting_readings": _district(P.MANAGE_READINGS),
    "meters.reviewing.accept_reading": _object(P.MANAGE_READINGS),
    "meters.reviewing.correct_reading": _object(P.MANAGE_READINGS),
    "meters.reviewing.reject_reading": _object(P.MANAGE_READINGS),
    "meters.submitting.enter_reading": _object(P.MANAGE_READINGS),
    "meters.anomalies.anomalies": _district(P.MANAGE_READINGS),
    "meters.review_queue.plain_waiting": _district(P.MANAGE_READINGS),
    "meters.reviewing.accept_plain": _district(P.MANAGE_READINGS),
    "meters.missing_list.missing_list": _object(P.MANAGE_READINGS),
    "meters.window_places.window_places": _district(P.MANAGE_READINGS),
    "meters.window_planning.cancel_window": _object(P.MANAGE_READINGS),
    "meters.window_planning.plan_window": _object(P.MANAGE_READINGS),
    "meters.window_progress.missing_meters": _object(P.MANAGE_READINGS),
    "meters.window_progress.reading_windows": _district(P.MANAGE_READINGS),
    "meters.window_progress.window_progress": _object(P.MANAGE_READINGS),
    # Applications, in the employee's districts or buildings
    "activation.deciding.approve": _object(P.REVIEW_REQUESTS),
    "activation.deciding.ask_for_correction": _object(P.REVIEW_REQUESTS),
    "activation.deciding.reissue": _object(P.REVIEW_REQUESTS),
    "activation.deciding.reject": _object(P.REVIEW_REQUESTS),
    "activation.deciding.resume": _object(P.REVIEW_REQUESTS),
    "activation.deciding.take_into_review": _object(P.REVIEW_REQUESTS),
    "activation.deciding.transfer": _object(P.REVIEW_REQUESTS),
    "activation.deciding.withdraw_for_applicant": _object(P.REVIEW_REQUESTS),
    "activation.figures.request_figures": _district(P.REVIEW_REQUESTS),
    "activation.filing.application_paper": _object(P.RECEIVE_REQUESTS),
    "activation.filing.file_request": _district(P.REVIEW_REQUESTS),  # says which office has it
    "activation.filing.find_by_code": _district(P.RECEIVE_REQUESTS),  # the same
    "activation.filing.receive_at_administrator": _object(P.RECEIVE_REQUESTS),
    "activation.matching.candidates": _object(P.REVIEW_REQUESTS),
    "activation.queue.all_districts": _city(P.REVIEW_REQUESTS),  # names of offices, to transfer to
    "activation.queue.counts_by_state": _district(P.RECEIVE_REQUESTS),
    "activation.queue.own_districts": _district(P.RECEIVE_REQUESTS),
    "activation.queue.queue_size": _district(P.RECEIVE_REQUESTS),
    "activation.queue.request_details": _object(P.RECEIVE_REQUESTS),
    "activation.queue.request_queue": _district(P.RECEIVE_REQUESTS),
    # Exports, of the employee's districts
    "exports.archive.exports": _district(P.EXPORT_READINGS),
    "exports.faults.export_faults": _district(P.MANAGE_FAULTS),
    "exports.archive.fetch_export": _object(P.EXPORT_READINGS),
    "exports.archive.note_download": _object(P.EXPORT_READINGS),
    "exports.machines.add_consumer": _city(P.MANAGE_MACHINES),  # machines of the whole landlord
    "exports.machines.consumers": _city(P.MANAGE_MACHINES),
    "exports.machines.revoke_consumer": _city(P.MANAGE_MACHINES),
    "exports.finance.export_finance": _object(P.SEE_FINANCE),
    "exports.readings.export_readings": _object(P.EXPORT_READINGS),
    "registry.districts.district_choices": MINE,  # names of offices are public
    # Files of the whole landlord: a file holds all districts
    "imports.desk.batch_count": _city(P.IMPORT_FILES),
    "imports.desk.commit_batch": _city(P.IMPORT_FILES),
    "imports.desk.confirm_batch": _city(P.IMPORT_FILES),
    "imports.desk.confirm_undo": _city(P.UNDO_IMPORTS),
    "imports.desk.hand_in": _city(P.IMPORT_FILES),
    "imports.desk.history": _city(P.IMPORT_FILES),
    "imports.desk.import_file": _city(P.IMPORT_FILES),
    "imports.desk.mint_token": _city(P.IMPORT_FILES),
    "imports.desk.preview_batch": _city(P.IMPORT_FILES),
    "imports.desk.rehearse_file": _city(P.IMPORT_FILES),
    "imports.invariants.broken_invariants": _city(P.IMPORT_FILES),
    "imports.load.load": _city(P.IMPORT_FILES),
    "imports.load.receive": _city(P.IMPORT_FILES),
    "imports.undo.undo_batch": _city(P.UNDO_IMPORTS),
}

# Inside the core only, called by doors that have asked `require_live` (or are it); no page and no screen may use them.
INSIDE = {
    "access.confirmations.mint_confirmation",
    "access.confirmations.use_confirmation",
    "access.scopes.require_live",
    "accounts.gates.lift_when_passed",
    "accounts.gates.require_gate",
    "accounts.gates.subject_of",
    "accounts.own_passwords.confirm_password",
    "accounts.reach.own_account",
    "accounts.reach.tenants_of",
    "activation.reach.in_own_districts",
    "activation.reach.own_request",
    "activation.reach.within_reach",
    "activation.steps.move",
    "announcements.reach.require_own",
    "announcements.reach.within_reach",
    "audit.events.record_by",
    "audit.views.note_views",
    "correspondence.filing.file_batch",
    "correspondence.matching.number_book",
    "correspondence.reach.require_own_batch",
    "correspondence.reach.within_reach",
    "correspondence.reach.written_within",
    "faults.queue.line_of",
    "faults.reach.own_building",
    "faults.reach.own_report",
    "faults.reach.served_incident",
    "faults.reach.served_report",
    "faults.reach.within_reach",
    "faults.steps.add_step",
    "faults.steps.move",
    "meters.reach.own_meter",
    "meters.reach.own_reading",
    "meters.reach.served_meter",
    "meters.reach.served_reading",
    "meters.windows.concerns",
    "questions.reach.require_own_thread",
    "questions.reach.require_served_thread",
    "questions.writing.add_message",
    "questions.writing.take_message",
    "questions.writing.take_thread",
    "registry.audiences.limited",
    "registry.queries.premises_served_by",
    "registry.queries.served_by",
}

"""The document types of the landlord's ledger, in the words of a tenant (docs: contracts of the files)."""

DOCUMENT_TYPES = {
    "BO": "Bilans otwarcia",
    "NAL": "Naliczenie",
    "WPL": "Wpłata",
    "KOR": "Korekta",
    "ROZW": "Rozliczenie wody",
    "ROZC": "Rozliczenie ogrzewania",
    "ODS": "Nota odsetkowa",
    "DOD": "Dodatek mieszkaniowy lub energetyczny",
    "KSZ": "Koszty sądowe",
    "PRZ": "Przeniesienie",
    "ZWR": "Zwrot",
    "FV": "Faktura",
}

# Debits that are no charge: what was owed before, and money that goes elsewhere or back.
NOT_CHARGED = ("BO", "PRZ", "ZWR")
# The documents of the regular monthly charge.
MONTHLY = ("NAL", "FV")

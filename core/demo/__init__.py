"""The demo city: a fictitious landlord in Łódź, made from a seed and a day, loaded like any other."""

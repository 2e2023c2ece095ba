"""A small export and a mapping of it that uses every kind of entry."""

EXPORT = (
    "Nr,Kunde,Belegart,Datum,Faellig,Bezahlt,Betrag\n"
    "1,K1,R,05/01/2024,04/02/2024,10/02/2024,10.00\n"
    "2,K2,R,06/01/2024,05/02/2024,,20.00\n"
    "3,K1,G,07/01/2024,07/01/2024,,5.00\n"
)
MAPPING = """
files:
  items: {path: "items.*", skip_rows: 0, thousands: ","}
tables:
  customers: {file: items, distinct: true, columns: {customer_id: Kunde, name: {template: "{Kunde} {Nr}"}}}
  invoices:
    - file: items
      where: {column: Belegart, equals: R}
      columns: &invoice
        invoice_id: Nr
        customer_id: Kunde
        issued_on: {column: Datum, format: "%d/%m/%Y"}
        due_on: {column: Faellig, format: "%d/%m/%Y"}
        amount: Betrag
        currency: {constant: EUR}
    - {file: items, where: [{column: Belegart, one_of: [G]}], columns: {<<: *invoice, amount: {column: Betrag,
       negate: true}, kind: {column: Belegart, values: {G: credit_note}}}}
  payments:
    file: items
    where: [{column: Bezahlt, not_empty: true}, {any: [{column: Betrag, above: 0, at_most: 99}, {not: {column: Datum,
      below: 2024-01-01, format: "%d/%m/%Y"}}]}]
    columns: {payment_id: {column: Nr, strip_zeros: true}, customer_id: {template: "{Kunde}", pad_zeros: 2},
      paid_on: {first_of: [{column: Bezahlt, format: ["%d/%m/%Y", excel]}, {days_after: {column: Datum, format:
      "%d/%m/%Y"}, days: {column: Nr, values: {x: 30}}, end_of_month: after_days}]}, currency: {currency_of: Betrag},
      amount: {difference: [Betrag, Betrag], negate: {column: Belegart, equals: G}}}
"""

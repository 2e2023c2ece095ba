"""Rules of a mapping for an export whose one file holds bills (R), credit notes (G) and payments (P)."""

BILLS_AND_PAYMENTS = """
  invoices:
    - {file: items, where: {column: kind, equals: R}, columns: &columns {invoice_id: id, customer_id: customer,
       issued_on: day, due_on: day, amount: amount, currency: currency}}
    - {file: items, where: {column: kind, equals: G}, columns: {<<: *columns, amount: {column: amount, negate: true}}}
  payments:
    {file: items, where: {column: kind, equals: P},
     columns: {payment_id: id, customer_id: customer, paid_on: day, amount: amount}}
""".lstrip("\n")

-- Invoices and credit notes, a line each: an invoice in instalments has a line, and a due date, for each of them.
select
    item as invoice_id,
    kunnr as customer_id,
    case when owed > 0 then 'invoice' else 'credit_note' end as kind,
    issued_on,
    greatest(due_on, issued_on) as due_on,
    owed as amount,
    currency,
    known_on,
    _origin
from items
where role = 'document'

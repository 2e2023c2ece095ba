select
    label as invoice_id,
    customer as customer_id,
    case when owed > 0 then 'invoice' else 'credit_note' end as kind,
    dated as issued_on,
    greatest(due_on, dated) as due_on,
    owed as amount,
    currency,
    known_on,
    _origin
from entries
where role = 'document'

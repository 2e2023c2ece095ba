-- An invoice that is charged automatically has no due date: it is due when it is finalised.
select
    label as invoice_id,
    customer as customer_id,
    case when owed > 0 then 'invoice' else 'credit_note' end as kind,
    dated as issued_on,
    greatest(coalesce(due_on, dated), dated) as due_on,
    owed as amount,
    currency,
    dated as known_on,
    _origin
from documents

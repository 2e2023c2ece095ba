-- Every receivable line that is a document of its own: an invoice or one of its instalments, a credit note, an opening
-- balance.
select
    label as invoice_id,
    party::text as customer_id,
    case when owed > 0 then 'invoice' else 'credit_note' end as kind,
    dated as issued_on,
    due_on,
    owed as amount,
    currency,
    known_on,
    'account_move_line ' || id as _origin
from lines
where role = 'document'

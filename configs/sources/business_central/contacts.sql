-- Reminders and finance charge memos that were issued.
select
    'reminder-' || number as contact_id, customer_no as customer_id,
    coalesce(document_date, posting_date) as contacted_on,
    'letter' as channel, _origin
from issued_reminder_header
where not coalesce(canceled, false)
union all
select
    'finance charge-' || number, customer_no, coalesce(document_date, posting_date), 'letter', _origin
from issued_fin_charge_memo_header
where not coalesce(canceled, false)

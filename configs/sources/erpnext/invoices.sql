-- What was billed: sales invoices, credit notes (returns), and journal entries that stand alone, opening balances say.
select
    documents.voucher_no as invoice_id,
    documents.party as customer_id,
    case when documents.owed > 0 then 'invoice' else 'credit_note' end as kind,
    documents.posted_on as issued_on,
    coalesce(invoice.due_date, documents.posted_on) as due_on,
    documents.owed as amount,
    documents.currency,
    documents.known_on,
    documents.voucher_type || ' ' || documents.voucher_no as _origin
from documents
left join invoice on documents.voucher_type = 'Sales Invoice' and invoice.name = documents.voucher_no
union all
-- A loss that was set against nothing yet is a credit of the customer.
select
    entries.voucher_no || '#' || entries.known_on, entries.party,
    case when entries.owed > 0 then 'invoice' else 'credit_note' end,
    entries.posted_on, entries.posted_on, entries.owed, entries.currency, entries.known_on,
    entries.voucher_type || ' ' || entries.voucher_no
from entries
join vouchers
    on vouchers.voucher_type = entries.voucher_type and vouchers.voucher_no = entries.voucher_no
    and vouchers.party = entries.party and vouchers.currency = entries.currency
where vouchers.role = 'loss' and entries.voucher_no = entries.against_voucher_no

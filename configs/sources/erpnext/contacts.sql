-- Dunnings that were submitted, and messages and calls that were noted with a customer, an invoice or a dunning. An
-- e-mail about an invoice that is not due yet is the invoice itself being sent: it is no contact.
with
dunned as (
    select
        dunning.name, dunning.customer, dunning.posting_date as day,
        case when count(distinct overdue.sales_invoice) = 1 then min(overdue.sales_invoice) end as document
    from dunning
    left join overdue on overdue.parent = dunning.name
    where dunning.docstatus = 1
    group by dunning.name, dunning.customer, dunning.posting_date
),
owners as (
    select voucher_no, min(party) as party, min(due_date) as due_on
    from ledger
    where account_type = 'Receivable' and party_type = 'Customer' and voucher_type = 'Sales Invoice'
    group by voucher_no
),
spoken as (
    select
        communication.name,
        communication.reference_name,
        communication.communication_date::date as day,
        case communication.communication_medium
            when 'Email' then 'email' when 'SMS' then 'sms' when 'Phone' then 'call' when 'Visit' then 'visit'
        end as channel,
        case when communication.delivery_status = 'Bounced' then 'bounced' end as outcome,
        coalesce(owners.party, dunned.customer, customer.name) as customer,
        coalesce(owners.voucher_no, dunned.document) as document,
        communication.reference_doctype = 'Dunning' as is_dunning,
        owners.due_on
    from communication
    left join owners
        on communication.reference_doctype = 'Sales Invoice' and owners.voucher_no = communication.reference_name
    left join dunned on communication.reference_doctype = 'Dunning' and dunned.name = communication.reference_name
    left join customer
        on communication.reference_doctype = 'Customer' and customer.name = communication.reference_name
    where communication.communication_type = 'Communication' and communication.sent_or_received = 'Sent'
)
select
    name as contact_id,
    customer as customer_id,
    document as invoice_id,
    day as contacted_on,
    channel,
    outcome
from spoken
where channel is not null and customer is not null and (channel <> 'email' or due_on is null or due_on < day)
union all
select dunned.name, dunned.customer, dunned.document, dunned.day, 'letter', null
from dunned
-- One that was sent by e-mail is there already.
where dunned.name not in (select reference_name from spoken where is_dunning and channel is not null)

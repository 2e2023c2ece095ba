-- Every customer transaction and its role:
--   document  an invoice or a credit note; any other claim, or credit that waits
--   cash      a payment or a refund (type Payment, 15)
--   discount  a cash discount
--   loss      what lowered an invoice on the day on which it was made, and is neither an invoice nor a payment
-- `owed` is negative where the customer owes less.
with
trans as (
    select
        *,
        lower(replace(coalesce(transtype, ''), ' ', '')) as kind,
        coalesce(createddatetime::date, transdate) as known_on
    from custtrans
    where amountcur <> 0 and not coalesce(deleted, false)
),
first_settled as (
    select transrecid, min(coalesce(createddatetime::date, transdate)) as day
    from custsettlement
    where settleamountcur <> 0 and not coalesce(deleted, false)
    group by transrecid
)
select
    trans.recid,
    coalesce(trans.invoice || '#', trans.voucher || '#', '') || trans.recid as label,
    trans.accountnum as customer,
    case
        when trans.kind in ('payment', '15') then 'cash'
        when trans.invoice is not null then 'document'
        when trans.kind in ('cashdisc', 'cashdiscount') then 'discount'
        when trans.amountcur < 0 and first_settled.day <= trans.known_on then 'loss'
        else 'document'
    end as role,
    trans.amountcur as owed,
    trans.currencycode as currency,
    trans.transdate as posted_on,
    coalesce(trans.documentdate, trans.transdate) as issued_on,
    coalesce(trans.duedate, trans.documentdate, trans.transdate) as due_on,
    trans.known_on,
    trans.paymmode as method,
    trans.voucher,
    trans._origin
from trans
left join first_settled on first_settled.transrecid = trans.recid

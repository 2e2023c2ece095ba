-- Customers with an item, of whatever company code; KNB1 says since when the earliest of them has the account.
with
mails as (
    select addrnumber, min_by(smtp_addr, coalesce(flgdefault, '') <> 'X') as email from adr6 group by addrnumber
),
since as (
    select kunnr, min(erdat) as erdat from knb1 group by kunnr
),
currencies as (
    select kunnr, mode(currency) as currency from items group by kunnr
)
select
    kna1.kunnr as customer_id,
    nullif(concat_ws(' ', kna1.name1, kna1.name2), '') as name,
    kna1.land1 as country,
    currencies.currency,
    coalesce(kna1.erdat, since.erdat) as onboarded_on,
    kna1.konzs as parent_id,
    mails.email,
    kna1.telf1 as phone,
    kna1._origin
from kna1
join currencies on currencies.kunnr = kna1.kunnr
left join since on since.kunnr = kna1.kunnr
left join mails on mails.addrnumber = kna1.adrnr
where not coalesce(kna1._fivetran_deleted, false)

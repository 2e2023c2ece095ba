-- Customers with a row in the receivables.
with
owing as (
    select distinct party from ledger where account_type = 'Receivable' and party_type = 'Customer'
)
select
    customer.name as customer_id,
    customer.customer_name as name,
    upper(country.code) as country,
    customer.default_currency as currency,
    customer.email_id as email,
    customer.mobile_no as phone
from customer
join owing on owing.party = customer.name
left join address on address.name = customer.customer_primary_address
left join country on country.name = address.country

select
    customer.id as customer_id,
    customer.name,
    coalesce(currency.symbol, case when customer.currency similar to '[A-Z]{3}' then customer.currency end) as currency,
    nullif(creditlimit, 0) as credit_limit,
    datecreated::date as onboarded_on,
    parent as parent_id,
    email,
    phone,
    customer._origin
from customer
left join currency on currency.id = customer.currency

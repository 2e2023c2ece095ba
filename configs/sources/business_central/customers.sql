select
    number as customer_id,
    name,
    country,
    coalesce(customer.currency_code, lcy.code) as currency,
    -- No limit is kept as 0.
    nullif(credit_limit, 0) as credit_limit,
    created_at::date as onboarded_on,
    email,
    phone,
    _origin
from customer
cross join (select max(lcy_code) as code from general_ledger_setup) lcy

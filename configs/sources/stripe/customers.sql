select
    id as customer_id,
    coalesce(name, description, email) as name,
    country,
    upper(currency) as currency,
    coalesce(try_cast(created as timestamp), epoch_ms(try_cast(created as bigint) * 1000))::date as onboarded_on,
    email,
    phone,
    _origin
from customer

-- Customers and their jobs and projects, which QuickBooks keeps as customers of a parent.
select
    id as customer_id, name, country, currency, created_at::date as onboarded_on, parent_id, email, phone, _origin
from customer

-- So many units of the company's currency (the relational amount) are so many of the other.
select starting_date as "on", currency_code as currency, relational_amount / amount as rate
from currency_exchange_rate
where amount > 0 and relational_amount > 0 and currency_code is not null

-- The companies (commercial partners) with a line on a receivable account.
with
owing as (
    select distinct partner.commercial_partner_id as id
    from account_move_line line
    join account_account account
        on account.id = line.account_id
        and (account.account_type = 'asset_receivable' or account.internal_type = 'receivable')
    join res_partner partner on partner.id = line.partner_id
)
select
    partner.id::text as customer_id,
    partner.name,
    country.code as country,
    partner.parent_id::text as parent_id,
    partner.email,
    partner.phone
from res_partner partner
join owing on owing.id = partner.id
left join res_country country on country.id = partner.country_id

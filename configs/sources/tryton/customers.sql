-- Parties with a posted line on a receivable account; of several addresses and numbers the first is taken.
with
owing as (
    select distinct line.party
    from account_move_line line
    join account_account account on account.id = line.account
    join account_account_type kind on kind.id = account.type and kind.receivable
    where line.party is not null
),
mechanisms as (
    select
        party,
        min_by(value, (sequence is null, sequence)) filter (type = 'email') as email,
        min_by(value, (sequence is null, sequence)) filter (type in ('phone', 'mobile')) as phone
    from party_contact_mechanism
    where active
    group by party
),
addresses as (
    select party, min_by(country, (sequence is null, sequence)) as country
    from party_address
    where active and country is not null
    group by party
)
select
    party.id::text as customer_id,
    coalesce(nullif(party.name, ''), party.code) as name,
    country_country.code as country,
    mechanisms.email,
    mechanisms.phone
from party_party party
join owing on owing.party = party.id
left join mechanisms on mechanisms.party = party.id
left join addresses on addresses.party = party.id
left join country_country on country_country.id = addresses.country

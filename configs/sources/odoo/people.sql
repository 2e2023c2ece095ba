-- Contacts of a company: partners below it that are no companies themselves.
select
    partner.id::text as person_id,
    partner.commercial_partner_id::text as customer_id,
    partner.name,
    partner.function as role,
    partner.phone,
    partner.email,
    split_part(partner.lang, '_', 1) as language
from res_partner partner
where partner.id <> partner.commercial_partner_id and not coalesce(partner.is_company, false)
    and partner.name is not null

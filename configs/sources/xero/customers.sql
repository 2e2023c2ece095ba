-- Contacts with a sales invoice, a credit note or money on account.
select
    contact.id as customer_id,
    contact.name,
    contact.currency,
    contact.email,
    nullif(concat_ws(' ', phone ->> '$.PhoneCountryCode', phone ->> '$.PhoneAreaCode', phone ->> '$.PhoneNumber'), '')
        as phone,
    contact._origin
from (
    select *, list_filter(
        json_extract(phones, '$[*]'), lambda one: one ->> '$.PhoneType' = 'DEFAULT' and one ->> '$.PhoneNumber' <> ''
    )[1] as phone
    from contact
) contact
where contact.id in (select contact from entries)

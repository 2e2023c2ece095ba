-- Contacts that are linked to a customer.
select
    contact.name || '|' || link.link_name as person_id,
    link.link_name as customer_id,
    concat_ws(' ', contact.first_name, contact.last_name) as name,
    contact.designation as role,
    coalesce(contact.mobile_no, contact.phone) as phone,
    contact.email_id as email
from contact
join link on link.parent = contact.name and link.parenttype = 'Contact' and link.link_doctype = 'Customer'

"""Headers of exports of other tools, as their documentation and users show them."""

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_columns

TOOLS = {
    "ActiveCampaign": (
        "Contact ID,Email,First Name,Last Name,Phone,Customer Account Name,IP Address,Tags,Status",
        ["1,a@example.com,A,B,,,192.0.2.1,vip,Active", "2,b@example.com,A,B,,,,vip,Unconfirmed"],
        "Email=email, First Name=first_name, Last Name=last_name, IP Address=ip_address, Tags=tags,"
        " Status=consent",
    ),
    "Brevo": (
        "CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,ADDED_TIME,Subscribed status,SMS_BLACKLISTED",
        ["1,a@example.com,A,B,,2026-01-01,Subscribed,0"],
        "EMAIL=email, FIRSTNAME=first_name, LASTNAME=last_name, Subscribed status=consent",
    ),
    "Brevo in French": (
        "ID,EMAIL,PRENOM,NOM,BLACKLISTED,SMS_BLACKLISTED,DATE",
        ["1,a@example.com,A,B,Non,Non,2026-01-01"],
        "EMAIL=email, PRENOM=first_name, NOM=last_name, BLACKLISTED=opt_out",
    ),
    "MailerLite": (
        "Email,Subscribed,Status,Unsubscribed,Opens,name,last_name,Opted in,Signup IP",
        [
            "a@example.com,2026-01-01 10:00:00,active,,1,A,B,2026-01-01 10:00:00,192.0.2.1",
            "b@example.com,2026-01-01 10:00:00,junk,2026-02-01 10:00:00,1,A,B,2026-01-01 10:00:00,",
        ],
        "Email=email, Subscribed=consent, Status=consent, Unsubscribed=opt_out, name=first_name,"
        " last_name=last_name, Opted in=consent",
    ),
    "Klaviyo": (
        "Email,Klaviyo ID,First Name,Organization,Title,Email Marketing Consent,"
        "Email Marketing Consent Timestamp,SMS Marketing Consent,Email Suppressions",
        ["a@example.com,x,A,,,SUBSCRIBED,2026-01-01,NEVER_SUBSCRIBED,[]"],
        "Email=email, First Name=first_name, Email Marketing Consent=consent,"
        " Email Suppressions=opt_out",
    ),
    "Salesforce": (
        "Id,FirstName,LastName,Email,HasOptedOutOfEmail,HasOptedOutOfFax,Account.Name,Owner.Email",
        ["1,A,B,a@example.com,false,false,Acme,o@example.com"],
        "FirstName=first_name, LastName=last_name, Email=email, HasOptedOutOfEmail=opt_out",
    ),
    "Pipedrive": (
        "Person - Name,Person - Organization,Person - Email - Work,Person - Email - Home,"
        "Person - Owner,Person - Marketing status",
        ["A B,Acme,a@example.com,,Ann,subscribed"],
        "Person - Name=name, Person - Email - Work=email, Person - Marketing status=consent",
    ),
    "Campaign Monitor": (
        "Name,Email Address,Date Subscribed,State,Consent to Send SMS",
        ["A B,a@example.com,2026-01-01,Active,Yes", "C,b@example.com,2026-01-01,Bounced,No"],
        "Name=name, Email Address=email, State=consent",
    ),
    "Kit": (
        "id,first_name,email_address,status,created_at,tags",
        ["1,A,a@example.com,active,2026-01-01,t", "2,A,b@example.com,cancelled,2026-01-01,t"],
        "first_name=first_name, email_address=email, status=consent, tags=tags",
    ),
    "beehiiv": (
        "email,status,created_at,utm_source,first_name",
        ["a@example.com,active,2026,x,A", "b@example.com,validating,2026,x,A"],
        "email=email, status=consent, first_name=first_name",
    ),
    "Omnisend": (
        "contactID,email,emailStatus,emailStatusDate,phone,phoneStatus,firstName,lastName,tags",
        ["1,a@example.com,nonSubscribed,2026-01-01,,subscribed,A,B,t"],
        "email=email, emailStatus=consent, firstName=first_name, lastName=last_name, tags=tags",
    ),
    "Magento": (
        "ID,Type,Customer First Name,Customer Last Name,Email,Status,Website,Store View",
        ["1,Customer,A,B,a@example.com,Subscribed,m,v"],
        "Customer First Name=first_name, Customer Last Name=last_name, Email=email, Status=consent",
    ),
    "PrestaShop": (
        "ID,Social title,First name,Last name,Email address,Enabled,Newsletter,Partner offers",
        ["1,Mr,A,B,a@example.com,1,1,0"],
        "First name=first_name, Last name=last_name, Email address=email, Newsletter=consent",
    ),
    "Typeform": (
        "#,What's your first name?,What's your email address?,Would you like our newsletter"
        " to be sent? Yes please,Submit Date (UTC),Network ID",
        ["1,A,a@example.com,1,2026-01-01,x"],
        "What's your first name?=first_name, What's your email address?=email,"
        " Would you like our newsletter to be sent? Yes please=consent",
    ),
    "Intercom": (
        "User ID,Email,Name,Unsubscribed from Emails,Has hard bounced,Marked email as spam,Tags",
        ["1,a@example.com,A B,false,false,true,t"],
        "Email=email, Name=name, Unsubscribed from Emails=opt_out, Has hard bounced=opt_out,"
        " Marked email as spam=opt_out, Tags=tags",
    ),
    "CleverReach": (
        "email,activated,registered,deactivated,source,salutation,firstname,lastname",
        ["a@example.com,2026-01-01,2026-01-01,,x,,A,B"],
        "email=email, deactivated=opt_out, firstname=first_name, lastname=last_name",
    ),
    "Google Contacts": (
        "First Name,Middle Name,Last Name,Organization Name,Labels,E-mail 1 - Label,"
        "E-mail 1 - Value,E-mail 2 - Value",
        ["A,,B,Acme,* myContacts,* Work,a@example.com,b@example.com"],
        "First Name=first_name, Last Name=last_name, Labels=tags, E-mail 1 - Value=email",
    ),
    "Outlook": (
        "Title,First Name,Last Name,Company,E-mail Address,E-mail Type,E-mail 2 Address",
        [",A,B,Acme,a@example.com,SMTP,b@example.com"],
        "First Name=first_name, Last Name=last_name, E-mail Address=email",
    ),
    "FreshMail": (
        "Email,Imi\u0119,Nazwisko,Status,Data zapisu,IP zapisu",
        ["a@example.com,A,B,Aktywny,2026-01-01,", "b@example.com,A,B,Do aktywacji,2026-01-01,"],
        "Email=email, Imi\u0119=first_name, Nazwisko=last_name, Status=consent",
    ),
    "BaseLinker": (
        "Numer zam\u00f3wienia,E-mail klienta,Imi\u0119 i nazwisko,Zgoda marketingowa,"
        "Adres dostawy - imi\u0119",
        ["1,a@example.com,A B,tak,X"],
        "E-mail klienta=email, Imi\u0119 i nazwisko=name, Zgoda marketingowa=consent",
    ),
    "Google Forms": (
        "Sygnatura czasowa,Adres e-mail,Imi\u0119 i nazwisko,"
        "Wyra\u017cam zgod\u0119 na otrzymywanie newslettera",
        ["2026-01-01,a@example.com,A B,Tak"],
        "Adres e-mail=email, Imi\u0119 i nazwisko=name,"
        " Wyra\u017cam zgod\u0119 na otrzymywanie newslettera=consent",
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_columns_of_a_tool_are_known(tool: str) -> None:
    header, rows, expected = TOOLS[tool]
    mapping = map_columns(header.split(","), {}, [row.split(",") for row in rows])

    assert ", ".join(f"{found.column}={found.field}" for found in mapping.fields) == expected
    assert not any(found.lenient for found in mapping.fields)

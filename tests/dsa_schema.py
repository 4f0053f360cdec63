"""A validator of filed statements, transcribed from the public documentation of the database.

Source: transparency.dsa.ec.europa.eu/page/api-documentation (schema of 2025-07-01). It judges the
JSON alone and shares nothing with `lianzhi.chain`.
"""

import datetime as dt
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator


def listed(names):
    return names.split()


CATEGORIES = listed("""
ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN
DATA_PROTECTION_AND_PRIVACY_VIOLATIONS ILLEGAL_OR_HARMFUL_SPEECH
INTELLECTUAL_PROPERTY_INFRINGEMENTS NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS
NOT_SPECIFIED_NOTICE OTHER_VIOLATION_TC PROTECTION_OF_MINORS RISK_FOR_PUBLIC_SECURITY
SCAMS_AND_FRAUD SELF_HARM UNSAFE_AND_PROHIBITED_PRODUCTS VIOLENCE
""")
KEYWORDS = listed("""
ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS AGE_SPECIFIC_RESTRICTIONS_MINORS ANIMAL_HARM
BIOMETRIC_DATA_BREACH BULLYING_AGAINST_GIRLS CHILD_SEXUAL_ABUSE_MATERIAL
CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE CONTENT_PROMOTING_EATING_DISORDERS COORDINATED_HARM
COPYRIGHT_INFRINGEMENT CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT
CYBER_HARASSMENT_AGAINST_WOMEN CYBER_INCITEMENT CYBER_STALKING CYBER_STALKING_AGAINST_WOMEN
DATA_FALSIFICATION DEFAMATION DESIGN_INFRINGEMENT DISCRIMINATION FEMALE_GENDERED_DISINFORMATION
GEOGRAPHICAL_REQUIREMENTS GEOGRAPHIC_INDICATIONS_INFRINGEMENT GOODS_SERVICES_NOT_PERMITTED
GROOMING_SEXUAL_ENTICEMENT_MINORS HATE_SPEECH HIDDEN_ADVERTISEMENT HUMAN_EXPLOITATION
HUMAN_TRAFFICKING ILLEGAL_ORGANIZATIONS IMPERSONATION_ACCOUNT_HIJACKING INAUTHENTIC_ACCOUNTS
INAUTHENTIC_LISTINGS INAUTHENTIC_USER_REVIEWS INCITEMENT_AGAINST_WOMEN
INCITEMENT_VIOLENCE_HATRED INSUFFICIENT_INFORMATION_ON_TRADERS LANGUAGE_REQUIREMENTS
MISINFORMATION_DISINFORMATION MISLEADING_INFO_CONSUMER_RIGHTS MISLEADING_INFO_GOODS_SERVICES
MISSING_PROCESSING_GROUND NONCOMPLIANCE_PRICING NON_CONSENSUAL_IMAGE_SHARING
NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN NON_CONSENSUAL_MATERIAL_DEEPFAKE
NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN NUDITY OTHER PATENT_INFRINGEMENT PHISHING
PROHIBITED_PRODUCTS PYRAMID_SCHEMES RIGHT_TO_BE_FORGOTTEN RISK_ENVIRONMENTAL_DAMAGE
RISK_PUBLIC_HEALTH SELF_MUTILATION STALKING SUICIDE TERRORIST_CONTENT TRADEMARK_INFRINGEMENT
TRADE_SECRET_INFRINGEMENT TRAFFICKING_WOMEN_GIRLS UNLAWFUL_SALE_ANIMALS UNSAFE_CHALLENGES
UNSAFE_PRODUCTS VIOLATION_EU_LAW VIOLATION_NATIONAL_LAW
""")
COUNTRIES = listed("""
AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
""")
LANGUAGES = listed("""
AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BH BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA
DE DV DZ EE EL EN EO ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ
IA ID IE IG II IK IO IS IT IU JA JV KA KG KI KJ KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN
LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA NB ND NE NG NL NN NO NR NV NY OC OJ OM OR OS PA PI
PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO SQ SR SS ST SU SV SW TA TE TG TH TI
TK TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU
""")

DATES = (
    "content_date",
    "application_date",
    "end_date_visibility_restriction",
    "end_date_monetary_restriction",
    "end_date_service_restriction",
    "end_date_account_restriction",
)


def one(prefix, names):
    return {"enum": [prefix + name for name in names.split()]}


def some(each):
    return {"type": "array", "items": each, "minItems": 1}


def text(most):
    return {"type": "string", "maxLength": most, "pattern": r"\S"}


DATE = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"}
YES_NO = {"enum": ["Yes", "No"]}
CATEGORY = {"enum": [f"STATEMENT_CATEGORY_{name}" for name in CATEGORIES]}

PROPERTIES = {
    "decision_visibility": some(
        one(
            "DECISION_VISIBILITY_",
            "CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED "
            "CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER",
        )
    ),
    "decision_visibility_other": text(500),
    "decision_monetary": one("DECISION_MONETARY_", "SUSPENSION TERMINATION OTHER"),
    "decision_monetary_other": text(500),
    "decision_provision": one(
        "DECISION_PROVISION_",
        "PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION",
    ),
    "decision_account": one("DECISION_ACCOUNT_", "SUSPENDED TERMINATED"),
    "account_type": one("ACCOUNT_TYPE_", "BUSINESS PRIVATE"),
    "decision_ground": one("DECISION_GROUND_", "ILLEGAL_CONTENT INCOMPATIBLE_CONTENT"),
    "decision_ground_reference_url": text(500),
    "illegal_content_legal_ground": text(500),
    "illegal_content_explanation": text(2000),
    "incompatible_content_ground": text(500),
    "incompatible_content_explanation": text(2000),
    "incompatible_content_illegal": YES_NO,
    "category": CATEGORY,
    "category_addition": some(CATEGORY),
    "category_specification": some({"enum": [f"KEYWORD_{name}" for name in KEYWORDS]}),
    "category_specification_other": text(500),
    "content_type": some(
        one("CONTENT_TYPE_", "APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER")
    ),
    "content_type_other": text(500),
    "content_id": {
        "type": "object",
        "properties": {"EAN-13": {"type": "string", "pattern": r"^[0-9]{13}\Z"}},
        "required": ["EAN-13"],
        "additionalProperties": False,
    },
    "content_language": {"enum": LANGUAGES},
    "territorial_scope": some({"enum": COUNTRIES}),
    **dict.fromkeys(DATES, DATE),
    "decision_facts": text(5000),
    "source_type": {
        "enum": [
            "SOURCE_ARTICLE_16",
            "SOURCE_TRUSTED_FLAGGER",
            "SOURCE_TYPE_OTHER_NOTIFICATION",
            "SOURCE_VOLUNTARY",
        ]
    },
    "source_identity": text(500),
    "automated_detection": YES_NO,
    "automated_decision": one("AUTOMATED_DECISION_", "FULLY PARTIALLY NOT_AUTOMATED"),
    "puid": {"type": "string", "minLength": 1, "maxLength": 500, "pattern": r"^[a-zA-Z0-9_-]+\Z"},
}


def when(field, value, then):
    said = {"contains": {"const": value}} if field in ARRAYS else {"const": value}
    return {"if": {"properties": {field: said}, "required": [field]}, "then": {"required": then}}


def only(field, value, fields):
    said = {"contains": {"const": value}} if field in ARRAYS else {"const": value}
    return {
        "if": {"anyOf": [{"required": [each]} for each in fields]},
        "then": {"properties": {field: said}, "required": [field]},
    }


ARRAYS = {"decision_visibility", "content_type", "category_specification"}
ILLEGAL = ["illegal_content_legal_ground", "illegal_content_explanation"]
INCOMPATIBLE = ["incompatible_content_ground", "incompatible_content_explanation"]

SCHEMA = {
    "type": "object",
    "properties": PROPERTIES,
    "additionalProperties": False,
    "required": [
        "decision_ground",
        "category",
        "content_type",
        "content_date",
        "territorial_scope",
        "application_date",
        "decision_facts",
        "source_type",
        "automated_detection",
        "automated_decision",
        "puid",
    ],
    "anyOf": [
        {"required": [field]}
        for field in (
            "decision_visibility",
            "decision_monetary",
            "decision_provision",
            "decision_account",
        )
    ],
    "allOf": [
        when("decision_visibility", "DECISION_VISIBILITY_OTHER", ["decision_visibility_other"]),
        when("decision_monetary", "DECISION_MONETARY_OTHER", ["decision_monetary_other"]),
        when("content_type", "CONTENT_TYPE_OTHER", ["content_type_other"]),
        when("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", ILLEGAL),
        when("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", INCOMPATIBLE),
        only("decision_visibility", "DECISION_VISIBILITY_OTHER", ["decision_visibility_other"]),
        only("decision_monetary", "DECISION_MONETARY_OTHER", ["decision_monetary_other"]),
        only("content_type", "CONTENT_TYPE_OTHER", ["content_type_other"]),
        only("category_specification", "KEYWORD_OTHER", ["category_specification_other"]),
        only("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", ILLEGAL),
        only(
            "decision_ground",
            "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            [*INCOMPATIBLE, "incompatible_content_illegal"],
        ),
        {
            "if": {"properties": {"source_type": {"const": "SOURCE_VOLUNTARY"}}},
            "then": {"not": {"required": ["source_identity"]}},
        },
    ],
}
VALIDATOR = Draft202012Validator(SCHEMA)
EARLIEST = {"content_date": "2000-01-01", "application_date": "2020-01-01"}


def refusals(filed):
    """Why the database would refuse a filed statement; empty when it takes it."""
    said = [error.message for error in VALIDATOR.iter_errors(filed)]
    days = {field: day for field in DATES if (day := _day(filed.get(field))) is not None}
    for field in DATES:
        if field in filed and field not in days:
            said.append(f"{field} is no day")
    for field, day in days.items():
        if day.isoformat() < EARLIEST.get(field, "0000") or day > dt.date(2038, 1, 1):
            said.append(f"{field} is out of range")
        start = days.get("application_date")
        if field.startswith("end_date") and start is not None and day < start:
            said.append(f"{field} is before application_date")
    url = filed.get("decision_ground_reference_url")
    if url is not None and not _is_url(url):
        said.append("decision_ground_reference_url is no address")
    return said


def _day(value):
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except (TypeError, ValueError):
        return None


def _is_url(value):
    if not isinstance(value, str) or any(c.isspace() or ord(c) < 33 for c in value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "." in parts.hostname

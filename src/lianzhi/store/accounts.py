"""Accounts: people who sign in, and API keys of programs.

Changes take the ledger, since each is an entry of the record; reads take the engine. Neither
passwords nor keys can be shown again.
"""

from lianzhi.chain.roles import PERMISSIONS, ROLES, Permission, Role
from lianzhi.store.accounts_tables import api_key_table, sign_in_failure, user_table
from lianzhi.store.keys import (
    KEY_KINDS,
    SCOPES,
    ApiKey,
    Scope,
    add_key,
    find_key,
    list_keys,
    revoke_key,
    rotate_key,
    set_key_body,
)
from lianzhi.store.passwords import MAX_PASSWORD, MIN_PASSWORD, generated
from lianzhi.store.refusal import CODES, AccountError
from lianzhi.store.sign_in import authenticate, locked_until, locks, unlock
from lianzhi.store.users import (
    USER_KINDS,
    User,
    add_linked_user,
    add_user,
    disable_user,
    enable_user,
    end_sessions,
    find_linked,
    find_user,
    link_user,
    list_users,
    set_password,
    set_roles,
    set_user_body,
)

__all__ = [
    "CODES",
    "KEY_KINDS",
    "MAX_PASSWORD",
    "MIN_PASSWORD",
    "PERMISSIONS",
    "ROLES",
    "SCOPES",
    "USER_KINDS",
    "AccountError",
    "ApiKey",
    "Permission",
    "Role",
    "Scope",
    "User",
    "add_key",
    "add_linked_user",
    "add_user",
    "api_key_table",
    "authenticate",
    "disable_user",
    "enable_user",
    "end_sessions",
    "find_key",
    "find_linked",
    "find_user",
    "generated",
    "link_user",
    "list_keys",
    "list_users",
    "locked_until",
    "locks",
    "revoke_key",
    "rotate_key",
    "set_key_body",
    "set_password",
    "set_roles",
    "set_user_body",
    "sign_in_failure",
    "unlock",
    "user_table",
]

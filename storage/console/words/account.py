"""Words of one's own account, and of signing in by the city's own provider of identities."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "account": ("我的账号", "My account"),
    "account.why": (
        "姓名、角色和单位由公开办设定；有误的请联系公开办。",
        "Name, role and unit are set by the disclosure office; tell the office if they are wrong.",
    ),
    "account.password": ("修改密码", "Change the password"),
    "account.no_password": (
        "此账号没有密码，通过统一身份认证登录。需要密码的，请公开办发给您一次性链接。",
        "This account has no password; you sign in through the provider. For a password ask the office for a link.",
    ),
    "account.sessions": ("登录中的设备", "Where you are signed in"),
    "account.begun": ("登录时间", "Since"),
    "account.seen": ("最近活动", "Last seen"),
    "account.here": ("当前", "this one"),
    "account.end_others": ("退出其他所有设备", "End all others"),
    "account.done.password": (
        "密码已修改，其他设备均已退出。",
        "The password was changed; you are signed out elsewhere.",
    ),
    "account.done.sessions": ("其他设备均已退出。", "You are signed out everywhere else."),
    "account.done.linked": ("身份已关联，以后可用它登录。", "The identity was linked; you can sign in with it now."),
    "account.done.unlinked": ("已解除关联。", "The identity was unlinked."),
    "signed_in_at": ("最近登录", "Last sign-in"),
    "password_old": ("原密码", "Old password"),
    "password_new": ("新密码", "New password"),
    "refused.old": ("原密码不对，未做任何更改。", "This is not your password; nothing was changed."),
    "identity": ("{provider}", "{provider}"),
    "identity.shown": ("身份", "Identity"),
    "identity.issuer": ("认证方", "Provider"),
    "identity.since": ("关联时间", "Linked"),
    "identity.none": (
        "尚未关联。关联后可用{provider}登录；关联须输入本系统密码。",
        "Not linked yet. Once linked you can sign in with {provider}; linking needs your password here.",
    ),
    "identity.link": ("关联{provider}身份", "Link with {provider}"),
    "identity.unlink": ("解除关联", "Unlink"),
    "identity.yes": ("已关联", "linked"),
    "identity.sign_in": ("用{provider}登录", "Sign in with {provider}"),
    "identity.welcome": ("改用{provider}，不设密码", "Use {provider} instead of a password"),
    "identity.welcome_why": (
        "改用的，密码可不填；用户名和姓名仍须填写。",
        "Then leave the passwords empty; name and your name are still needed.",
    ),
    "identity.go_on": ("前往{provider}", "Go on to {provider}"),
    "identity.go_on_why": (
        "请在十分钟内到{provider}完成登录，随后自动返回本系统。",
        "Sign in at {provider} within ten minutes; it leads back here.",
    ),
    "refused.oidc_stale": (
        "登录已过期，或不是从此浏览器发起，未做任何更改。请重新登录。",
        "This sign-in is too old, or was not begun in this browser; nothing was changed. Begin again.",
    ),
    "refused.oidc_down": (
        "统一身份认证暂时无法使用，请稍后再试，或用密码登录。",
        "The provider cannot be used now: try again later, or sign in with a password.",
    ),
    "refused.oidc_refused": (
        "统一身份认证未通过，未登录。请重新登录。",
        "The provider's answer cannot be accepted; nobody was signed in. Begin again.",
    ),
    "refused.unlinked": (
        "该身份未关联可用的账号。请用密码登录后在“我的账号”中关联，或请公开办发给您一次性链接。",
        "This identity opens no account. Sign in with your password and link it in My account, or ask the office for a "
        "one-time link.",
    ),
    "refused.linked": (
        "该身份已关联另一账号，未做任何更改。",
        "This identity opens another account already; nothing was changed.",
    ),
    "refused.only_way": (
        "此账号没有密码，解除关联后将无法登录。",
        "This account has no password; without the identity nothing would open it.",
    ),
    "did.password.changed": ("修改密码", "changed the password"),
    "did.password.refused": ("修改账号时原密码错误", "gave a wrong old password"),
    "did.sessions.ended": ("退出其他设备", "ended other sessions"),
    "did.identity.linked": ("关联身份", "linked an identity"),
    "did.identity.unlinked": ("解除身份关联", "unlinked an identity"),
}

"""Seventeen ways a document may ask for something from outside, and the word that must never come back."""

CANARY = "CANARY-7f3d9c-not-for-anyone"

PROBES = {
    "a linked attachment": '<link rel="attachment" href="{file}">',
    "an anchored attachment": '<p><a rel="attachment" href="{file}">파일</a></p>',
    "an attachment behind a redirect": '<link rel="attachment" href="{web}/redirect={file}">',
    "a picture": '<img src="{web}/a.png" alt="x"><img src="{file}" alt="x">',
    "an import": '<style>@import url("{web}/a.css"); @import url("{file}");</style>',
    "a background": '<p style="background:url({web}/b.png)">x</p><p style="background:url({file})">x</p>',
    "a font": '<style>@font-face{{font-family:f;src:url("{web}/f.ttf"),url("{file}")}}p{{font-family:f}}</style><p>x</p>',
    "a picture in a drawing": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{web}/s.png"/><image href="{file}"/></svg>',
    "a use in a drawing": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{web}/s.svg#a"/><use href="{file}#a"/></svg>',
    "an object": '<object data="{web}/o.svg" type="image/svg+xml"></object><object data="{file}"></object>',
    "an embedded thing": '<embed src="{web}/e.svg" type="image/svg+xml"><embed src="{file}">',
    "generated content": '<style>p::before{{content:url("{web}/c.png") url("{file}")}}</style><p>x</p>',
    "a list mark": '<ul style="list-style-image:url({web}/l.png)"><li>x</li></ul><ul style="list-style-image:url({file})"><li>x</li></ul>',
    "a stylesheet": '<link rel="stylesheet" href="{web}/s.css"><link rel="stylesheet" href="{file}">',
    "another base": '<base href="{web}/"><img src="relative.png" alt="x">',
    "a frame": '<iframe src="{web}/i.html"></iframe><iframe src="{file}"></iframe>',
    "a colour profile": '<style>@color-profile --x{{src:url("{web}/p.icc")}}@color-profile --y{{src:url("{file}")}}</style><p>x</p>',
}  # fmt: skip
"""Each with the address of a watching server (``{web}``) and of a local file (``{file}``)."""

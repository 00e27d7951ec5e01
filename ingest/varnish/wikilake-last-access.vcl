# Unique devices without an identifier: a cookie remembers the day of the last access, and no more.
#
# Needs the package varnish-modules. Include it in your VCL before what removes cookies, and after
# `vcl 4.1;`:
#
#     include "/etc/varnish/wikilake-last-access.vcl";
#
# It belongs on the server that browsers talk to: a cache before it would give one browser's cookie to
# all. wikilake-varnish logs what this writes into X-Analytics.

import header;

sub vcl_recv {
    if (req.restarts == 0) {
        # "Sat, 28 Nov 2026 13:00:00 GMT"
        set req.http.Wikilake-Today = regsub(now, "^[^ ]+ ([0-9]+) ([A-Za-z]+) ([0-9]+) .*$", "\1-\2-\3");
        set req.http.Wikilake-Site = regsub(req.http.Host, ":.*$", "");
        if (req.http.Wikilake-Site ~ "[^.]+[.][A-Za-z]+$") {
            set req.http.Wikilake-Site = regsub(req.http.Wikilake-Site, "^.*?([^.]+[.][A-Za-z]+)$", "\1");
        } else {
            unset req.http.Wikilake-Site;
        }
        unset req.http.Wikilake-Seen;
        unset req.http.Wikilake-Seen-Global;
        unset req.http.Wikilake-Analytics;
        if (!req.http.Cookie) {
            set req.http.Wikilake-Analytics = ";nocookies=1";
        }
        if (req.http.Cookie ~ "(^|;) *WMF-Last-Access=[0-9][0-9]-[A-Z][a-z][a-z]-[0-9]{4}(;|$)") {
            set req.http.Wikilake-Seen = regsub(req.http.Cookie, "^(.*;)? *WMF-Last-Access=([^;]+).*$", "\2");
            set req.http.Wikilake-Analytics = ";WMF-Last-Access=" + req.http.Wikilake-Seen;
        }
        if (req.http.Cookie ~ "(^|;) *WMF-Last-Access-Global=[0-9][0-9]-[A-Z][a-z][a-z]-[0-9]{4}(;|$)") {
            set req.http.Wikilake-Seen-Global = regsub(req.http.Cookie, "^(.*;)? *WMF-Last-Access-Global=([^;]+).*$", "\2");
            set req.http.Wikilake-Analytics = req.http.Wikilake-Analytics + ";WMF-Last-Access-Global=" + req.http.Wikilake-Seen-Global;
        }
    }
}

# Nothing of it is for the wiki.
sub vcl_backend_fetch {
    unset bereq.http.Wikilake-Today;
    unset bereq.http.Wikilake-Site;
    unset bereq.http.Wikilake-Seen;
    unset bereq.http.Wikilake-Seen-Global;
    unset bereq.http.Wikilake-Analytics;
}

# Only a page sets the cookies, and only when the browser does not have today's; 304 answers a browser
# that has the page.
sub vcl_deliver {
    if ((resp.http.Content-Type ~ "^text/html" && (resp.status < 300 || resp.status >= 400))
            || (resp.status == 304 && req.http.Accept ~ "text/html")) {
        if (req.http.Wikilake-Seen != req.http.Wikilake-Today) {
            header.append(resp.http.Set-Cookie, "WMF-Last-Access=" + req.http.Wikilake-Today
                + "; Max-Age=2764800; Path=/; HttpOnly; SameSite=Lax");
        }
        if (req.http.Wikilake-Site && req.http.Wikilake-Seen-Global != req.http.Wikilake-Today) {
            header.append(resp.http.Set-Cookie, "WMF-Last-Access-Global=" + req.http.Wikilake-Today
                + "; Domain=" + req.http.Wikilake-Site + "; Max-Age=2764800; Path=/; HttpOnly; SameSite=Lax");
        }
    }
    if (req.http.Wikilake-Analytics) {
        set resp.http.X-Analytics = regsub(resp.http.X-Analytics + req.http.Wikilake-Analytics, "^;", "");
    }
}

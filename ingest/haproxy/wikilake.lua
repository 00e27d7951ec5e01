-- The converter `lua.wikilake`: a text as it must stand between the quotes of a JSON string.
-- HAProxy's own json() leaves out characters beyond 16 bits and bytes that are no UTF-8; this one
-- keeps the first and writes the second `\xff`.

local function escaped(character)
    if character == '"' or character == "\\" then
        return "\\" .. character
    end
    return string.format("\\u%04x", character:byte())
end

local function json(text)
    text = text:gsub('[%c"\\]', escaped)
    local start = 1
    while true do
        local _, bad = utf8.len(text, start)
        if not bad then
            return text
        end
        local mark = string.format("\\\\x%02x", text:byte(bad))
        text = text:sub(1, bad - 1) .. mark .. text:sub(bad + 1)
        start = bad + #mark
        if start > #text then
            return text
        end
    end
end

core.register_converters("wikilake", json)

-- The converter `lua.wikilake_site`: the last two labels of a host, whose sites share a cookie; an
-- address has none.
core.register_converters("wikilake_site", function(host)
    return host:match("([^.]+%.%a+)$") or ""
end)

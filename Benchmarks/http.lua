-- The load of Benchmarks/http, for wrk: `wrk -s http.lua URL -- get IDS`, `-- list` or `-- post`.
-- IDS is a file of conversation ids, one a line; each request asks for a random one. TOKEN in the environment is sent as a bearer token.

local requests = {}

local function headers(type)
    local token = os.getenv("TOKEN")
    return { ["Content-Type"] = type, ["Authorization"] = token and "Bearer " .. token }
end

local function load(ids)
    for id in io.lines(ids) do
        requests[#requests + 1] = wrk.format("GET", "/conversations/" .. id, headers())
    end
end

local threads = 0
function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(arguments)
    math.randomseed(os.time() * 31 + number)
    if arguments[1] == "get" then load(arguments[2]) end
    if arguments[1] == "list" then requests[1] = wrk.format("GET", "/conversations?limit=50", headers()) end
    if arguments[1] == "post" then
        requests[1] = wrk.format("POST", "/conversations", headers("application/json"), '{"title":"A conversation under load"}')
    end
end

function request() return requests[math.random(#requests)] end

-- "result REQUESTS-PER-SECOND P99-MS MAX-MS ERRORS"
function done(summary, latency)
    local e = summary.errors
    local errors = e.connect + e.read + e.write + e.status + e.timeout
    local rate = summary.requests / summary.duration * 1e6
    print(string.format("result %.0f %.1f %.1f %d", rate, latency:percentile(99) / 1e3, latency.max / 1e3, errors))
end

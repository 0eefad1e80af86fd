// The examples of hawser.toml(5), section by section. Together they are one file, which a test loads.
#pragma once

#include <array>
#include <string_view>

namespace hawser::man {

struct Example {
  std::string_view section;  // as in KeyInfo::section
  std::string_view text;
};

inline constexpr auto kExamples = std::to_array<Example>({
    {"top", R"(format = 1
)"},
    {"[nodes.NAME]", R"([nodes]
lb1 = "192.0.2.11"                          # the short form
[nodes.lb2]
addresses = ["192.0.2.12", "2001:db8::12"]
[nodes.lb3]
addresses = ["192.0.2.13"]
)"},
    {"[on.NODE.SECTION]", R"([on.lb3.log]
level = "debug"
[on.lb3.link.spare]                         # a section that only lb3 has
kind = "dummy"
)"},
    {"[defaults.SECTION]", R"([defaults.vip]
advertisement_interval = "200ms"
[defaults.check]
timeout = "300ms"
)"},
    {"[log]", R"([log]
level = { lb1 = "warning", default = "info" }
)"},
    {"[netd]", R"([netd]
ipvs_check = "5s"
)"},
    {"[vipd]", R"([vipd]
realtime = 10
)"},
    {"[bond.NAME]", R"([bond.bond0]
mode = "active-backup"
ports = ["eth0", "eth1"]                    # the first is preferred
primary = "eth0"
miimon = "100ms"

[bond.bond1]
mode = "802.3ad"
ports = ["eth2", "mac:52:54:00:12:34:56"]
lacp_rate = "fast"
xmit_hash_policy = "layer3+4"
)"},
    {"[bond.NAME.port.PORT]", R"([bond.bond1.port.eth2]
queue_id = 1
)"},
    {"[link.NAME]", R"([link.front]
kind = "vlan"
on = "bond0"
id = 100
addresses = { lb1 = ["192.0.2.11/24"], lb2 = ["192.0.2.12/24"], lb3 = ["192.0.2.13/24"] }

[link.back]
kind = "physical"
device = "eth4"
mtu = 9000

[link.test]
kind = "dummy"
only = ["lb1"]                              # not on the others
)"},
    {"[bond.NAME] and [link.NAME] routes", R"([link.outside]
kind = "physical"
device = "eth5"
addresses = { lb1 = ["203.0.113.11/24"], lb2 = ["203.0.113.12/24"], lb3 = ["203.0.113.13/24"] }
routes = [
  { to = "default", via = "203.0.113.1" },
  { to = "198.51.100.0/24", via = "203.0.113.2", metric = 50 },
]
)"},
    {"[vip.NAME]", R"([vip.web]
interface = "front"
addresses = ["192.0.2.100", "2001:db8::100"]
virtual_router_id = 51
priority = { lb1 = 150, lb2 = 100 }         # lb3 does not hold it
preempt = "60s"                             # take over 60 s after coming back
)"},
    {"[vip.NAME] announce", R"([vip.mail]
interface = "front"
addresses = ["192.0.2.101"]
virtual_router_id = 52
priority = { lb1 = 50, lb2 = 150, lb3 = 100 }
announce = { count = 3, interval = "500ms", refresh = "1m" }
)"},
    {"[check.NAME]", R"([check.site]
type = "http"
path = "/healthz"
status = [200, "300-399"]
interval = "1s"
fall = 3

[check.port]
type = "tcp"
)"},
    {"[pool.NAME]", R"([pool.web]
checks = ["site"]
forwarding = "masquerade"
on_failure = "quiesce"
)"},
    {"[[pool.NAME.real]]", R"([[pool.web.real]]
name = "web1"
addresses = ["198.51.100.21", "2001:db8:1::21"]
port = 8080
weight = 100
[[pool.web.real]]
address = "198.51.100.22:8080"              # the short form of addresses and port
)"},
    {"[pool.NAME] tunnel", R"([pool.far]
forwarding = "tunnel"
tunnel = { type = "gue", port = 6080 }
checks = [{ type = "tcp", port = 8080 }]    # a check without a section of its own
[[pool.far.real]]
address = "203.0.113.21"
)"},
    {"[service.NAME]", R"([service.web]
virtual = ["tcp @web:80"]                   # every address of [vip.web]
pool = "web"
scheduler = "wlc"
only = ["lb1", "lb2"]                       # like the vip

[service.dns]                               # with its pool in it
virtual = ["udp 192.0.2.101:53", "tcp 192.0.2.101:53"]
forwarding = "direct"
checks = ["port"]
[[service.dns.real]]
address = "192.0.2.31"
[[service.dns.real]]
address = "192.0.2.32"
)"},
});

}  // namespace hawser::man

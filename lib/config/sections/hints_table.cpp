// The tables of lib/config/engine/hints.h. Sources: keepalived.conf(5), netplan(5), systemd.netdev(5),
// interfaces(5), ldirectord.cf(5), HAProxy's and nginx's manuals.
#include <array>

#include "lib/config/engine/hints.h"

namespace hawser::config {

namespace {

constexpr auto kKeys = std::to_array<KeyHint>({
    // Bonds.
    {"bond", "slaves slave bond_slaves slave_interfaces interfaces interface members member devices nics",
     "bond.ports", "", ""},
    {"bond", "bond_mode bonding_mode policy type", "bond.mode", "", ""},
    {"bond",
     "mii_monitor_interval miimonitorsec miimonitor mii_monitor monitor_interval bond_miimon "
     "bond_mii_monitor",
     "bond.miimon", "", ""},
    {"bond", "updelaysec up_delay", "bond.updelay", "", ""},
    {"bond", "downdelaysec down_delay", "bond.downdelay", "", ""},
    {"bond", "transmit_hash_policy transmithashpolicy hash_policy xmit_policy", "bond.xmit_hash_policy", "",
     ""},
    {"bond", "lacprate lacptransmitrate lacp_transmit_rate", "bond.lacp_rate", "", ""},
    {"bond", "primary_slave primary_interface active_slave active_port active_interface", "bond.primary", "",
     ""},
    {"bond", "gratuitous_arp gratuitousarp num_gratuitous_arp garp", "bond.num_grat_arp", "", ""},
    {"bond", "arp_ip_targets arpiptargets arp_target arp_targets", "bond.arp_ip_target", "", ""},
    {"bond", "arpintervalsec", "bond.arp_interval", "", ""},
    {"bond", "arpvalidate", "bond.arp_validate", "", ""},
    {"bond", "arpalltargets", "bond.arp_all_targets", "", ""},
    {"bond", "fail_over_mac_policy failovermacpolicy", "bond.fail_over_mac", "", ""},
    {"bond", "primary_reselect_policy primaryreselectpolicy", "bond.primary_reselect", "", ""},
    {"bond", "minlinks", "bond.min_links", "", ""},
    {"bond", "adselect", "bond.ad_select", "", ""},
    {"bond", "all_members_active all_ports_active allslavesactive", "bond.all_slaves_active", "", ""},
    {"bond", "packets_per_member packetsperslave", "bond.packets_per_slave", "", ""},
    {"bond", "learn_packet_interval learnpacketintervalsec", "bond.lp_interval", "", ""},
    {"bond", "resendigmp", "bond.resend_igmp", "", ""},
    {"bond", "parameters options opts bonding_opts", "bond.mode", "",
     "each option is a setting of its own in this section"},
    {"port", "priority", "port.prio", "", ""},
    // Links and addresses.
    {"bond link", "address ip ipaddr ipaddress ip_address ipv4 ipv6 inet inet6 ip4 ip6", "link.addresses", "",
     ""},
    {"bond link vip real nodes", "netmask prefix prefixlen prefix_length mask cidr", "link.addresses", "",
     "the prefix length stands with the address"},
    {"bond link", "gateway gateway4 gateway6 gw default_gateway defaultgateway route", "link.routes", "", ""},
    {"bond link", "dhcp dhcp4 dhcp6 bootproto", "", "",
     "DHCP is not done here: leave the device to the program that does it"},
    {"bond link", "dns nameserver nameservers dns_nameservers domain search", "", "",
     "name servers are not set here"},
    {"bond link", "mtubytes mtu_bytes", "link.mtu", "", ""},
    {"bond link", "hwaddr hwaddress macaddress mac_address lladdr ether", "link.mac", "", ""},
    {"bond link", "name ifname iface set_name", "link.device", "", ""},
    {"bond link", "auto enabled onboot state admin_state", "link.up", "", ""},
    {"bond link", "comment alias label", "link.description", "", ""},
    {"link", "master bond bond_master", "bond.ports", "", "the bond names its ports"},
    {"link", "vlan_id vlanid tag vid vlan", "link.id", "", ""},
    {"link", "parent raw_device vlan_raw_device dev lower base base_iface link phys_dev interface", "link.on",
     "", ""},
    {"link", "type", "link.kind", "", ""},
    {"link", "proto vlan_protocol", "link.protocol", "", ""},
    {"link", "vrf_table", "link.table", "", ""},
    {"routes", "gateway gw next_hop nexthop", "routes.via", "", ""},
    {"routes", "destination dst dest network", "routes.to", "", ""},
    {"routes", "src from", "routes.source", "", ""},
    {"routes", "priority preference", "routes.metric", "", ""},
    {"routes", "on_link", "routes.onlink", "", ""},
    // Floating addresses.
    {"vip",
     "virtual_ipaddress virtual_ipaddresses virtual_ip virtual_ips virtual_address vips ip ips ipaddress "
     "address",
     "vip.addresses", "", ""},
    {"vip", "vrid router_id virtual_router", "vip.virtual_router_id", "", ""},
    {"vip", "advert_int advert_interval adver_int interval advertisement", "vip.advertisement_interval", "",
     ""},
    {"vip", "state initial_state role", "vip.priority", "",
     "the node with the highest priority holds the addresses"},
    {"vip", "prio weight", "vip.priority", "", ""},
    {"vip", "nopreempt no_preempt", "vip.preempt", "preempt = false", ""},
    {"vip", "preempt_delay", "vip.preempt", "preempt = \"60s\"", ""},
    {"vip",
     "garp garp_count garp_repeat garp_interval garp_master_delay garp_master_repeat garp_master_refresh "
     "garp_master_refresh_repeat garp_lower_prio_repeat garp_lower_prio_delay",
     "vip.announce", "", ""},
    {"vip", "authentication auth auth_type auth_pass", "", "",
     "VRRP version 3 has no passwords (RFC 5798), and its advertisements can be signed: hmac"},
    {"vip", "auth_hmac hmac_key hmac_keys", "vip.hmac", "hmac = [{ id = 1, key = \"file:/PATH\" }]",
     "the first one signs"},
    {"vip", "time_window anti_replay hmac_time_window", "vip.hmac_window", "", ""},
    {"vip", "track_interface track_script track_process track_file track_bfd", "", "",
     "tracking is not supported by this version"},
    {"vip", "unicast_peer unicast_peers unicast peer", "vip.peers", "", "with transport = \"unicast\""},
    {"vip", "unicast_src_ip mcast_src_ip src_ip source_ip", "vip.source", "", ""},
    {"vip", "dev nic device iface", "vip.interface", "", ""},
    {"vip", "vrrp_version", "vip.version", "", ""},
    {"vip", "virtual_routes virtual_rules virtual_ipaddress_excluded", "", "",
     "only addresses move with a vip in this version"},
    {"vip", "use_vmac vmac", "vip.virtual_mac", "virtual_mac = true", ""},
    {"vip", "vmac_xmit_base", "", "",
     "advertisements are sent and heard on the interface, with the virtual MAC"},
    {"vip", "no_accept noaccept accept_mode", "vip.accept", "accept = false", ""},
    {"vip", "notify notify_master notify_backup notify_fault notify_stop smtp_alert", "", "",
     "nothing is run on a change of role by this version"},
    // Checks.
    {"check", "delay_loop inter checkinterval period delay delay_before_retry", "check.interval", "", ""},
    {"check", "connect_timeout checktimeout negotiatetimeout", "check.timeout", "", ""},
    {"check",
     "retry retries nb_get_retry checkcount failurecount max_fails unhealthy_threshold threshold "
     "failure_threshold",
     "check.fall", "", ""},
    {"check", "healthy_threshold success_threshold passes", "check.rise", "", ""},
    {"check", "checktype kind protocol service", "check.type", "", ""},
    {"check", "url uri request endpoint", "check.path", "", ""},
    {"check", "virtualhost vhost host_header http_host", "check.host", "", ""},
    {"check", "receive body string", "check.contains", "", ""},
    {"check", "status_code status_codes expected_status codes code", "check.status", "", ""},
    {"check", "checkport connect_port", "check.port", "", ""},
    {"check", "connect_ip ip", "check.address", "", ""},
    {"check", "httpmethod http_method", "check.method", "", ""},
    {"check", "misc_path script command external", "", "", "scripts are not run by this version"},
    // Services, pools and real servers.
    {"service", "lb_algo lvs_sched lvs_scheduler algorithm algo sched balance", "service.scheduler", "", ""},
    {"service pool real", "lb_kind lvs_method fwd forward forwarding_method packet_forwarding method mode",
     "pool.forwarding", "", ""},
    {"service", "persistence_timeout persistent sticky stickiness session_affinity", "service.persistence",
     "", ""},
    {"service", "persistence_granularity persistentnetmask netmask", "service.persistence_netmask", "", ""},
    {"service", "ip port address bind listen vip virtual_server vips virtual_address", "service.virtual", "",
     ""},
    {"service", "ops", "service.one_packet", "", ""},
    {"service pool", "delay_loop checkinterval inter", "check.interval", "", ""},
    {"service pool", "checktimeout negotiatetimeout connect_timeout", "check.timeout", "", ""},
    {"service pool", "checktype", "check.type", "", ""},
    {"service pool", "request url", "check.path", "", ""},
    {"service pool", "receive", "check.contains", "", ""},
    {"service pool", "checkport", "check.port", "", ""},
    {"service pool real", "quiescent inhibit_on_failure", "pool.on_failure", "on_failure = \"quiesce\"", ""},
    {"service pool", "server servers real_server real_servers reals backend backends upstream members member",
     "pool.real", "[[pool.NAME.real]] or [[service.NAME.real]]", ""},
    {"service pool", "check healthcheck health_check option httpchk", "pool.checks", "", ""},
    {"service pool", "sorry_server fallback", "", "", "a fallback server is not supported by this version"},
    {"real", "ip host server", "real.address", "", ""},
    {"real", "uthreshold maxconn max_conn max_connections", "real.upper_threshold", "", ""},
    {"real", "lthreshold min_connections", "real.lower_threshold", "", ""},
    {"real", "check tcp_check http_get ssl_get misc_check healthcheck", "real.checks", "", ""},
    // The host.
    {"nodes", "ip address ipaddress host", "nodes.addresses", "", ""},
    {"log", "loglevel log_level verbosity verbose debug", "log.level", "", ""},
    {"vipd", "vrrp_rt_priority rt_priority priority", "vipd.realtime", "", ""},
    {"vipd", "vrrp_no_swap no_swap mlock", "vipd.lock_memory", "", ""},
});

constexpr auto kSectionHints = std::to_array<SectionHint>({
    {"bonding bonds bond_interfaces team teams lag lags port_channel", "[bond.NAME]"},
    {"interface interfaces iface ifaces network networks match ethernet ethernets eth nic nics device "
     "devices "
     "netdev vlan vlans dummy dummies vrf vrfs route routes address addresses",
     "[link.NAME]"},
    {"vrrp vrrp_instance vrrp_instances vrrp_sync_group keepalived vips virtual_ip virtual_ips "
     "virtual_ipaddress floating_ip",
     "[vip.NAME]"},
    {"virtual_server virtual_servers virtual virtuals frontend listen lvs loadbalancer load_balancer "
     "virtual_server_group",
     "[service.NAME]"},
    {"backend backends upstream upstreams pools", "[pool.NAME]"},
    {"server servers real reals", "[[pool.NAME.real]]"},
    {"healthcheck health_check healthchecks checks probe probes tcp_check http_get vrrp_script",
     "[check.NAME]"},
    {"hosts host peer cluster members", "[nodes.NAME]"},
    {"logging syslog global global_defs", "[log]"},
});

constexpr auto kValues = std::to_array<ValueHint>({
    {"mode", "lacp lag 802_3ad 8023ad 802.3 dynamic 4", "802.3ad"},
    {"mode", "roundrobin round_robin rr balance_roundrobin 0", "balance-rr"},
    {"mode", "activebackup active_passive failover backup active_standby 1", "active-backup"},
    {"mode", "xor static 2", "balance-xor"},
    {"mode", "3", "broadcast"},
    {"mode", "tlb 5", "balance-tlb"},
    {"mode", "alb 6", "balance-alb"},
    {"lacp_rate", "30s 30", "slow"},
    {"lacp_rate", "1s", "fast"},
    {"forwarding", "nat masq m gatewayed snat dnat", "masquerade"},
    {"forwarding", "dr gate gatewaying g direct_routing dsr route", "direct"},
    {"forwarding", "tun ipip i gre gue tunneling tunnelling", "tunnel"},
    {"scheduler", "roundrobin round_robin robin", "rr"},
    {"scheduler", "weighted_round_robin weighted_roundrobin weighted", "wrr"},
    {"scheduler", "leastconn least_conn least_connections leastconnections least_connection", "lc"},
    {"scheduler", "weighted_least_connections weighted_least_connection weighted_leastconn", "wlc"},
    {"scheduler", "source ip_hash source_hash sourcehash hash", "sh"},
    {"scheduler", "destination_hash", "dh"},
    {"scheduler", "maglev consistent consistent_hash", "mh"},
    {"transport", "mcast", "multicast"},
    {"transport", "ucast peer", "unicast"},
    {"on_failure", "quiescent inhibit weight0", "quiesce"},
    {"on_failure", "delete drop down", "remove"},
    {"monitor", "miimon mii_monitor", "mii"},
    {"monitor", "arp_interval arp_ip_target", "arp"},
    {"monitor", "off no", "none"},
    {"kind", "ethernet eth nic card", "physical"},
    {"protocol", "8021q 802_1q", "802.1q"},
    {"protocol", "8021ad qinq q_in_q", "802.1ad"},
    {"type", "connect tcp_check", "tcp"},
    {"type", "http_get negotiate httpchk", "http"},
    {"level", "warn", "warning"},
    {"level", "notice", "info"},
    {"level", "err crit critical alert emerg fatal", "error"},
    {"level", "trace verbose", "debug"},
    {"need", "every", "all"},
    {"need", "one some", "any"},
});

}  // namespace

std::span<const KeyHint> key_hints() {
  return kKeys;
}
std::span<const SectionHint> section_hints() {
  return kSectionHints;
}
std::span<const ValueHint> value_hints() {
  return kValues;
}

}  // namespace hawser::config

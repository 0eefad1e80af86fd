#include "netd/journal.h"

#include <boost/json.hpp>

namespace hawser::netd {
namespace {

namespace json = boost::json;

// True when it was not there before.
bool note(Journal& journal, const Step& step) {
  if (const auto* link = std::get_if<CreateLink>(&step)) return journal.links.insert(link->link).second;
  if (const auto* service = std::get_if<AddService>(&step))
    return journal.services.insert(service->key).second;
  return false;
}

Status read_services(const json::array& list, Journal& journal) {
  for (const auto& item : list) {
    if (!item.is_string()) return fail("services: must be texts");
    auto key = ServiceKey::parse(std::string_view(item.get_string()));
    if (!key) return fail_because("services", key.error());
    journal.services.insert(*key);
  }
  return {};
}

Status read_links(const json::array& list, Journal& journal) {
  for (const auto& item : list) {
    if (!item.is_string()) return fail("links: must be texts");
    journal.links.emplace(item.get_string());
  }
  return {};
}

}  // namespace

std::string encode_journal(const Journal& journal) {
  json::array links;
  for (const auto& link : journal.links) links.emplace_back(link);
  json::array services;
  for (const auto& key : journal.services) services.emplace_back(to_string(key));
  const json::object all{{"format", 1}, {"links", std::move(links)}, {"services", std::move(services)}};
  return json::serialize(all) + "\n";
}

Result<Journal> decode_journal(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return fail("not a JSON object");
  const auto& object = value.get_object();
  const auto* format = object.if_contains("format");
  if (format == nullptr || !format->is_int64() || format->get_int64() != 1)
    return fail("format: only 1 is known");
  Journal journal;
  if (const auto* links = object.if_contains("links"); links != nullptr && links->is_array())
    if (auto read = read_links(links->get_array(), journal); !read) return tl::unexpected(read.error());
  if (const auto* services = object.if_contains("services"); services != nullptr && services->is_array())
    if (auto read = read_services(services->get_array(), journal); !read) return tl::unexpected(read.error());
  return journal;
}

Status JournalBook::will_do(std::span<const Step> steps) {
  for (const auto& step : steps) unwritten_ = note(journal_, step) || unwritten_;
  return flush();
}

void JournalBook::did(const Step& step) {
  if (const auto* link = std::get_if<DeleteLink>(&step))
    unwritten_ = journal_.links.erase(link->link) > 0 || unwritten_;
  if (const auto* service = std::get_if<DeleteService>(&step))
    unwritten_ = journal_.services.erase(service->key) > 0 || unwritten_;
}

Status JournalBook::flush() {
  if (!unwritten_) return {};
  auto written = write_(encode_journal(journal_));
  if (written) unwritten_ = false;
  return written;
}

Result<Observed> OwnKernel::observe(const Scope& scope) {
  auto observed = kernel_.observe(scope);
  if (observed) hide_addresses(observed->state, vips_);
  return observed;
}

Status OwnKernel::perform(const Step& step) {
  if (auto written = book_.will_do({&step, 1}); !written) on_error_(written.error());
  auto done = kernel_.perform(step);
  if (!done) return done;
  book_.did(step);
  if (auto written = book_.flush(); !written) on_error_(written.error());
  return done;
}

void hide_addresses(State& state, const std::set<IpAddress>& vips) {
  for (auto& [name, link] : state.links)
    std::erase_if(link.addresses, [&](const auto& item) { return vips.contains(item.first.address); });
}

}  // namespace hawser::netd

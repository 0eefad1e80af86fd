#include "bondctl/drill/svg.h"

#include <algorithm>
#include <map>

namespace hawser::bondctl::drill {

namespace {

constexpr int kWidth = 900, kLeft = 20, kRight = 880, kTop = 64, kRow = 64, kBand = 18;

constexpr std::string_view colour_of(Fate fate) {
  switch (fate) {
    case Fate::kAnswered:
      return "#2e8540";
    case Fate::kNeverLeft:
      return "#c0392b";
    case Fate::kNoAnswer:
      return "#e67e22";
    case Fate::kNotPassed:
      return "#8e44ad";
  }
  return "#000";
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '<')
      result += "&lt;";
    else if (letter == '>')
      result += "&gt;";
    else if (letter == '&')
      result += "&amp;";
    else
      result += letter;
  }
  return result;
}

std::string text_at(int x, int y, std::string_view text, std::string_view style = "") {
  return fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>\n", x, y, style, escaped(text));
}

struct Scale {
  Window window;
  [[nodiscard]] double x(Micros moment) const {
    const auto whole = std::max<double>(1, static_cast<double>((window.to - window.from).count()));
    const auto part = static_cast<double>((std::clamp(moment, window.from, window.to) - window.from).count());
    return kLeft + (kRight - kLeft) * part / whole;
  }
};

// Neighbours of one fate are one rectangle: a second has a thousand probes.
std::string band(std::span<const Probe> probes, const Scale& scale, int y) {
  std::string text;
  for (auto first = probes.begin(); first != probes.end();) {
    const auto fate = fate_of(*first);
    const auto next =
        std::find_if(first, probes.end(), [&](const Probe& one) { return fate_of(one) != fate; });
    const auto from = scale.x(first->sent);
    const auto to = scale.x(next == probes.end() ? scale.window.to : next->sent);
    text += fmt::format("<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n", from, y,
                        std::max(0.5, to - from), kBand, colour_of(fate));
    first = next;
  }
  return text;
}

std::string marks(const Row& row, const Scale& scale, int y) {
  std::string text;
  for (const auto& one : row.announced) {
    const auto x = scale.x(row.phase.window.from + one.after);
    text += fmt::format(
        "<path d=\"M{0:.1f} {1} l-4 8 h8 z\" fill=\"#1f4e9e\"><title>{2} announced through {3} after "
        "{4}</title></path>\n",
        x, y + kBand, one.address, escaped(one.port), in_ms(one.after));
  }
  return text;
}

std::string title_of(const Row& row, How how) {
  auto text = row.phase.event == Event::kQuiet ? std::string("nothing done")
                                               : fmt::format("{} {}", row.phase.port, name_of(row, how));
  if (!row.role.empty()) text += fmt::format(" ({})", row.role);
  text += row.cost.lost() == 0 ? ": nothing lost"
                               : fmt::format(": outage {}, {} of {} lost", in_ms(row.cost.outage),
                                             row.cost.lost(), row.cost.sent);
  if (!row.missing.empty()) text += ", not announced";
  return text;
}

std::string drawn(const Report& report, const Row& row, int y) {
  const Scale scale{row.phase.window};
  const auto length = in_ms(row.phase.window.to - row.phase.window.from);
  return text_at(kLeft, y + 14, title_of(row, report.recording.how)) +
         text_at(kRight, y + 14, length, " text-anchor=\"end\" fill=\"#666\"") +
         fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ddd\"/>\n", kLeft, y + 20,
                     kRight - kLeft, kBand) +
         band(sent_in(report.recording.probes, row.phase.window), scale, y + 20) + marks(row, scale, y + 20);
}

std::string legend() {
  static const std::map<Fate, std::string_view> words{{Fate::kAnswered, "answered"},
                                                      {Fate::kNeverLeft, "no port sent it"},
                                                      {Fate::kNoAnswer, "sent, no answer came"},
                                                      {Fate::kNotPassed, "answer came, not passed on"}};
  std::string text;
  int x = kLeft;
  for (const auto& [fate, word] : words) {
    text +=
        fmt::format("<rect x=\"{}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{}\"/>\n", x, colour_of(fate));
    text += text_at(x + 16, 47, word);
    x += 200;
  }
  return text;
}

}  // namespace

std::string svg_of(const Report& report) {
  const auto& recording = report.recording;
  const auto height = kTop + static_cast<int>(report.rows.size()) * kRow + 10;
  auto text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
      kWidth, height);
  text += text_at(kLeft, 22,
                  fmt::format("{}, {}: drill --how {}, a probe every {} to {}", recording.subject.name,
                              hawser::name_of(recording.subject.bond.mode), hawser::name_of(recording.how),
                              in_ms(recording.every), recording.target.address));
  text += legend();
  for (int y = kTop; const auto& row : report.rows) {
    text += drawn(report, row, y);
    y += kRow;
  }
  return text + "</svg>\n";
}

}  // namespace hawser::bondctl::drill

/* The people part of a step in C: blocks of people, dense passes, rare passes, the same bits as
   sim/kernel/step.py, crowd.py and passes.py. Compiled without contraction, because fused operations round
   differently. The names P_, W_, A_ (places of parameters, of the world, of an act), the columns of
   the census, the kinds of acts and the struct People are written by
   experiments/bench/rivals/c_people.py from the tables they stand for. */

#include <math.h>
#include <stdint.h>

#define BLOCK 512
#define SCALE 65536.0
#define SUM_SCALE 1048576.0
#define RESTRICT __restrict__

enum { AWARE = 1, VISIBLE = 2, DECLARED = 4, UNFOLLOWED = 8, SOLD = 16, EXITED = 32, LEAVER = 64,
       HOPEFUL = 128 };
enum { CORE, CUSTOMER, PUBLIC };
enum { OUTRAGED_ROW, DECLARED_ROW, DEAL_ROW, GOVERNANCE_ROW };
enum { D_PERSON = 1, D_RECEPTION = 2, D_TOPIC = 3, D_AFTERMATH = 4, D_TRAITS = 20, DEMANDING = 5 };

typedef struct {
    int64_t step, n_people, groups_a_fan, n_groups, n_acts;
    uint64_t seed;
    double dt_h, c;
    const int64_t *bounds;
    const double *p, *acts, *views;
    double *world;
    People *people;
    const int32_t *groups_of;
    const double *groups_others;
    const int32_t *groups_now;
    int32_t *groups_next;
    int64_t *outraged_next;
    const int64_t *partner_start;
    const int32_t *partner_of;
    const int64_t *indptr;
    const int32_t *followers;
    const int32_t *arriving;
    int64_t n_arriving;
    int32_t *leaving;
    int64_t *n_leaving;
    int64_t *census;
} Step;

static inline void philox(uint64_t seed, uint32_t decision, uint32_t step, uint32_t agent,
                          uint32_t out[4])
{
    uint32_t c0 = agent, c1 = step, c2 = decision, c3 = 0;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)c0 * 0xD2511F53u, b = (uint64_t)c2 * 0xCD9E8D57u;
        uint32_t n0 = (uint32_t)(b >> 32) ^ c1 ^ k0, n2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

static inline double unit(uint32_t word) { return ((double)word + 0.5) * 2.3283064365386963e-10; }

static inline double event_probability(double rate, double dt_h)
{
    double x = rate * dt_h;
    return x / (1.0 + x);
}

static inline double outburst(double x)
{
    return x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0))));
}

static inline double accountability_gap(double blamed, double felt)
{
    double gap = (blamed - felt) / blamed;
    return gap < 0.0 ? 0.0 : gap;
}

static void remember(int n, float *RESTRICT memory, const int32_t *RESTRICT incoming,
                     const double *RESTRICT chat, double keep, double weight, double *RESTRICT views)
{
    for (int i = 0; i < n; i++) {
        double arriving = incoming[i] / SCALE + chat[i];
        float m = (float)(keep * (double)memory[i] + arriving);
        memory[i] = m;
        views[i] += weight * (double)m;
    }
}

static void draw(int n, uint64_t seed, uint32_t decision, uint32_t step, uint32_t first,
                 double *RESTRICT u_0, double *RESTRICT u_1, double *RESTRICT u_2,
                 double *RESTRICT u_3)
{
    for (int i = 0; i < n; i++) {
        uint32_t w[4];
        philox(seed, decision, step, first + (uint32_t)i, w);
        u_0[i] = unit(w[0]);
        u_1[i] = unit(w[1]);
        u_2[i] = unit(w[2]);
        u_3[i] = unit(w[3]);
    }
}

static void expose(int n, const double *RESTRICT views_d, const double *RESTRICT views_g,
                   double shown_d, double shown_g, double list_d, double list_g, double c,
                   double cap, const double *RESTRICT u, double *RESTRICT hit_d,
                   double *RESTRICT hit_g)
{
    for (int i = 0; i < n; i++) {
        double deal = c * (views_d[i] + shown_d + list_d);
        double governance = c * (views_g[i] + shown_g + list_g);
        double offered = deal + governance;
        double attended = cap * offered / (cap + offered);
        double chance = attended / (1.0 + attended);
        double split = chance * (governance / (deal + governance + 1e-300));
        hit_g[i] = u[i] < split ? 1.0 : 0.0;
        hit_d[i] = (u[i] >= split) & (u[i] < chance) ? 1.0 : 0.0;
    }
}

static void feel(const Step *s, int n, const float *RESTRICT identification,
                 const float *RESTRICT trust, const float *RESTRICT blamed,
                 const float *RESTRICT keep, const double *RESTRICT reinforced,
                 float *RESTRICT recent_d, float *RESTRICT recent_g,
                 const double *RESTRICT hit_d, const double *RESTRICT hit_g,
                 float *RESTRICT deal, float *RESTRICT governance, double *RESTRICT hot)
{
    const double *p = s->p, *w = s->world;
    double credibility = w[W_credibility], betrayal = p[P_betrayal] + w[W_betrayal];
    if (betrayal > 1.0)
        betrayal = 1.0;
    double self = p[P_self_relevance], buffer = p[P_trust_buffer];
    double felt = w[W_felt_level], floor = p[P_governance_floor], reform = w[W_reform];
    double reform_relief = p[P_reform_relief], habit = p[P_habituation];
    double memory = p[P_recovery_keep], gain_d = p[P_appraisal_gain], gain_g = p[P_governance_gain];
    double social = p[P_reinforcement_per_h] * s->c * s->dt_h;
    double grievance_d = w[W_grievance_deal], grievance_g = w[W_grievance_governance];
    double least = p[P_concern_floor];
    for (int i = 0; i < n; i++) {
        double fan = identification[i];
        double buffered = (1.0 - self) * (1.0 - buffer * (double)trust[i]);
        double betrayed = credibility * betrayal * (buffered + self * fan);
        double gap = accountability_gap(blamed[i], felt);
        double grievance = floor + (1.0 - floor) * gap;
        double grieved = grievance * (1.0 - reform_relief * reform) * (least + (1.0 - least) * fan);
        double seen_d = recent_d[i], seen_g = recent_g[i];
        double push_d = grievance_d * (gain_d * betrayed * (1.0 / (1.0 + habit * seen_d)) * hit_d[i]
                                       + social * reinforced[i] * fan * credibility);
        double push_g = grievance_g * (gain_g * grieved * (1.0 / (1.0 + habit * seen_g)) * hit_g[i]
                                       + social * reinforced[i] * fan * gap);
        double o_d = deal[i], o_g = governance[i], stays = keep[i];
        deal[i] = (float)(stays * o_d + (1.0 - o_d) * (push_d / (1.0 + push_d)));
        governance[i] = (float)(stays * o_g + (1.0 - o_g) * (push_g / (1.0 + push_g)));
        recent_d[i] = (float)(memory * seen_d + hit_d[i]);
        recent_g[i] = (float)(memory * seen_g + hit_g[i]);
        hot[i] = hit_d[i] + hit_g[i];
    }
}

static void express(const double *p, int n, const float *RESTRICT deal,
                    const float *RESTRICT governance, float *RESTRICT relief,
                    const float *RESTRICT conviction, float *RESTRICT expressed)
{
    double voice = p[P_governance_voice], keep = p[P_relief_keep];
    for (int i = 0; i < n; i++) {
        double lasting = conviction[i];
        double fading = lasting + keep * ((double)relief[i] - lasting);
        float calm = (float)(fading < lasting ? lasting : fading);
        relief[i] = calm;
        expressed[i] = (float)(1.0 - (1.0 - (double)deal[i] * (1.0 - (double)calm))
                                     * (1.0 - voice * (double)governance[i]));
    }
}

static void decide(const Step *s, int n, const float *RESTRICT activity,
                   const float *RESTRICT recent_d, const float *RESTRICT recent_g,
                   const float *RESTRICT expressed, const uint8_t *RESTRICT flags,
                   const double *RESTRICT u, double *RESTRICT posted)
{
    const double *p = s->p;
    double base = p[P_post_per_h], steep = p[P_outburst], quiet = p[P_baseline_talk];
    double fatigue = p[P_posting_fatigue], news = s->world[W_news], c = s->c, dt_h = s->dt_h;
    for (int i = 0; i < n; i++) {
        double aware = flags[i] & AWARE ? 1.0 : 0.0;
        double heat = outburst(steep * (double)expressed[i]);
        double beyond = ((double)recent_d[i] + (double)recent_g[i]) - 2.0;
        beyond = beyond < 0.0 ? 0.0 : beyond;
        double willing = 1.0 / (1.0 + fatigue * beyond);
        double rate = base * (double)activity[i] * c * (heat + (quiet + news * aware)) * willing;
        posted[i] = u[i] < event_probability(rate, dt_h) ? 1.0 : 0.0;
    }
}

static void remember_slowly(const double *p, double broken, int n,
                            const float *RESTRICT trust_start,
                            const float *RESTRICT identification,
                            const float *RESTRICT conviction, const float *RESTRICT expressed,
                            const uint8_t *RESTRICT flags, float *RESTRICT grudge,
                            float *RESTRICT trust)
{
    double keep = p[P_grudge_keep], build = p[P_grudge_build], loss = p[P_trust_loss];
    double gain = p[P_trust_gain], back = p[P_trust_back], ceiling = p[P_trust_ceiling];
    double least = p[P_concern_floor];
    for (int i = 0; i < n; i++) {
        double shown = expressed[i], held = grudge[i], t = trust[i];
        grudge[i] = (float)(keep * held + build * shown * (1.0 - held));
        double room = ceiling * (double)trust_start[i] - t;
        room = room < 0.0 ? 0.0 : room;
        double lost = loss * shown * t * (least + (1.0 - least) * (double)identification[i]);
        double kept = t - lost + (gain * (double)conviction[i] + back) * room;
        double hoped = flags[i] & HOPEFUL ? 1.0 : 0.0;
        trust[i] = (float)(kept * (1.0 - broken * hoped));
    }
}

static void mark(const double *p, int owner, double unheard, int n,
                 const double *RESTRICT peers,
                 const float *RESTRICT grudge, const float *RESTRICT trust,
                 const float *RESTRICT threshold, const float *RESTRICT expressed,
                 const uint8_t *RESTRICT flags, const double *RESTRICT posted,
                 const double *RESTRICT u_declare, const double *RESTRICT u_unfollow,
                 double p_declare, double p_unfollow, uint8_t *RESTRICT todo)
{
    double visible_from = p[P_visible_outrage];
    double peer_weight = p[P_peer_weight], trust_weight = p[P_trust_weight];
    double cheaper = p[P_unfollow_threshold];
    for (int i = 0; i < n; i++) {
        double push = (double)grudge[i] + peer_weight * peers[i]
                      - trust_weight * ((double)trust[i] - 0.5) + unheard;
        double limit = threshold[i];
        uint8_t f = flags[i];
        int declares = (push > limit) & (u_declare[i] < p_declare) & !(f & DECLARED);
        int unfollows = (push > cheaper * limit) & (u_unfollow[i] < p_unfollow) & !(f & UNFOLLOWED);
        int turned = ((double)expressed[i] >= visible_from) != ((f & VISIBLE) != 0);
        int may_sell = (f & (DECLARED | SOLD)) == DECLARED;
        int may_leave = (f & (DECLARED | EXITED | LEAVER)) == (DECLARED | LEAVER);
        todo[i] = (uint8_t)((posted[i] > 0.0) + 2 * declares + 4 * unfollows + 8 * turned
                            + 16 * (owner & (may_sell | may_leave)));
    }
}

static void spare(int n, const uint8_t *RESTRICT flags, const double *RESTRICT sell,
                  const double *RESTRICT go, double p_sell, double p_go, uint8_t *RESTRICT todo)
{
    for (int i = 0; i < n; i++) {
        int sells = (sell[i] < p_sell) & !(flags[i] & SOLD);
        int goes = (go[i] < p_go) & ((flags[i] & (LEAVER | EXITED)) == LEAVER);
        todo[i] &= sells | goes ? 0xFF : 0xEF;
    }
}

static int64_t fixed_sum(int n, const float *values)
{
    int64_t total = 0;
    for (int i = 0; i < n; i++)
        total += (int32_t)((double)values[i] * SUM_SCALE);
    return total;
}

static void chat(const Step *s, int64_t lo, int n, double *views_d, double *views_g,
                 double *reinforced, double *peers)
{
    double see = s->p[P_see_group], threshold = s->p[P_reinforcement_threshold];
    const int32_t *now = s->groups_now;
    int64_t n_groups = s->n_groups;
    for (int k = 0; k < n; k++) {
        int64_t i = lo + k, deal = 0, governance = 0, outraged = 0, declared = 0, own = 0;
        const int32_t *of = s->groups_of + i * s->groups_a_fan;
        for (int64_t j = 0; j < s->groups_a_fan; j++) {
            int32_t g = of[j];
            if (g >= 0) {
                deal += now[DEAL_ROW * n_groups + g];
                governance += now[GOVERNANCE_ROW * n_groups + g];
                outraged += now[OUTRAGED_ROW * n_groups + g];
                declared += now[DECLARED_ROW * n_groups + g];
                own += 1;
            }
        }
        uint8_t flags = s->people->flags[i];
        if (flags & VISIBLE)
            outraged -= own;
        if (flags & DECLARED)
            declared -= own;
        views_d[k] = see * (double)deal;
        views_g[k] = see * (double)governance;
        double excess = (double)outraged * s->groups_others[i] - threshold;
        reinforced[k] = (excess < 0.0 ? 0.0 : excess) / (1.0 - threshold);
        double push = ((double)declared - 1.0) / 2.0;
        push = push < 0.0 ? 0.0 : push;
        peers[k] = push > 1.0 ? 1.0 : push;
    }
}

static double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

static double added_relief(double relief, double strength)
{
    return 1.0 - (1.0 - relief) * (1.0 - strength);
}

/* sim.world.receiving.told and contradicted */
static int told(const Step *s, const double *act, int64_t i)
{
    uint32_t words[4];
    philox(s->seed, D_RECEPTION + 100 * (uint32_t)act[A_address], (uint32_t)act[A_step],
           (uint32_t)i, words);
    return unit(words[1]) < act[A_share];
}

static double contradicted(const Step *s, int a, uint32_t seen, int64_t i)
{
    const double *act = s->acts + a * A_SIZE;
    double most = 0.0;
    if (act[A_text] == 0.0)
        return most;
    for (int b = 0; b < s->n_acts; b++) {
        const double *other = s->acts + b * A_SIZE;
        if (!(seen & (1u << b)) || other[A_text] == 0.0 || other[A_private] == act[A_private])
            continue;
        if (other[A_private] == 1.0 && !told(s, other, i))
            continue;
        double gap = fabs(act[A_acknowledgement] - other[A_acknowledgement]);
        most = gap > most ? gap : most;
    }
    return most;
}

/* sim.world.receiving.receive and judge for one person and one act */
static void receive(const Step *s, int kind, int a, double u, double contradicted, int64_t i)
{
    const double *p = s->p, *w = s->world, *act = s->acts + a * A_SIZE;
    People *one = s->people;
    int what = (int)act[A_kind];
    double fan = one->identification[i], blamed = one->blamed_level[i];
    double relief = one->relief[i], conviction = one->conviction[i];
    double deal = one->deal[i], governance = one->governance[i];
    double gap = accountability_gap(blamed, w[W_felt_level]);
    double punished = (1.0 - gap) * w[W_penalised];
    double share = what == COMPENSATION ? act[A_share] : w[W_compensated];
    double left = (1.0 - p[P_correct_termination] * w[W_terminated])
                  * (1.0 - p[P_correct_penalty] * punished);
    double corrected = 1.0 - left * (1.0 - p[P_correct_reform] * w[W_reform])
                             * (1.0 - p[P_correct_compensation] * share);
    double over = w[W_level] * w[W_severity] - p[P_just_desert];
    double excess = 0.5 * (over + sqrt(over * over + 0.1));
    double forced = w[W_forced];
    if (what == DENIAL || what == LEGAL_STEP)
        corrected = forced = 0.0;
    double words = p[P_sincerity_acknowledge] * act[A_acknowledgement]
                   + p[P_sincerity_explain] * act[A_explains];
    words = words + p[P_sincerity_regret] * act[A_regrets] + p[P_sincerity_repair] * act[A_repairs]
            + p[P_sincerity_request] * act[A_requests];
    words = words - p[P_sincerity_contradicts] * contradicted;
    double x = p[P_sincerity_base] + words + p[P_sincerity_correct] * corrected
               + p[P_sincerity_voice] * act[A_voice] - p[P_sincerity_forced] * forced;
    x += p[P_sincerity_specific] * (1.0 - exp(-act[A_since_h] / p[P_fact_finding_h]));
    x -= p[P_sincerity_delay] * log(1.0 + act[A_delay_h] / p[P_delay_scale_h]);
    x -= p[P_sincerity_mismatch] * (w[W_overdue] * gap * blamed) + p[P_sincerity_excess] * excess;
    double sincere = logistic(x);
    double chance = logistic(p[P_acceptance_slope]
                             * (sincere - p[P_acceptance_base] - p[P_acceptance_identity] * fan));
    int accepts = u < chance;
    if (accepts) {
        relief = added_relief(relief, p[P_relief] * sincere);
        if (act[A_deed] == 1.0)
            conviction = added_relief(conviction, p[P_relief] * sincere * corrected);
        if (what == REFORM)
            one->flags[i] |= HOPEFUL;
        if (what == REFORM || what == DELIVERY)
            governance *= 1.0 - p[P_reform_relief] * w[W_reform] * sincere;
        else if (what == EXPLANATION)
            governance *= 1.0 - p[P_explanation_relief] * act[A_explains] * sincere;
    } else {
        double asked = p[P_acceptance_base] + p[P_acceptance_identity] * fan;
        double hinge = asked - sincere;
        hinge = hinge < 0.0 ? 0.0 : hinge;
        deal = deal + (1.0 - deal) * p[P_backfire] * hinge * fan;
    }
    double amount = 0.0;
    if (what == PENALTY)
        amount = p[P_governance_apology] + p[P_governance_penalty] * gap;
    else if (what != REFORM && what != DELIVERY && what != COMPENSATION && what != FAN_PANEL)
        amount = p[P_governance_apology];
    double least = p[P_concern_floor];
    double felt = amount * (1.0 - p[P_reform_relief] * w[W_reform]) * (least + (1.0 - least) * fan);
    governance = governance + (1.0 - governance) * felt;
    if (kind == CORE) {
        s->census[N_REACHED + a] += 1;
        s->census[N_ACCEPTED + a] += accepts;
        s->census[SUM_CONVICTION] += (int64_t)((double)(float)conviction * SUM_SCALE)
                                     - (int64_t)((double)one->conviction[i] * SUM_SCALE);
        uint32_t trait[4];
        philox(s->seed, D_TRAITS, DEMANDING, (uint32_t)i, trait);
        if (act[A_conceded] == 1.0 && unit(trait[0]) < p[P_demanding_share])
            one->threshold[i] = (float)((double)one->threshold[i] * (1.0 - p[P_demand_lowers]));
    }
    one->relief[i] = (float)relief;
    one->conviction[i] = (float)conviction;
    one->deal[i] = (float)deal;
    one->governance[i] = (float)governance;
}

static void hear(const Step *s, int kind, int64_t lo, int n, const double *hot)
{
    uint32_t active = (uint32_t)s->world[W_active];
    People *people = s->people;
    for (int k = 0; k < n; k++) {
        if (hot[k] == 0.0)
            continue;
        int64_t i = lo + k;
        if (!(people->flags[i] & AWARE)) {
            people->flags[i] |= AWARE;
            s->census[kind * N_CENSUS + N_AWARE] += 1;
        }
        uint32_t unseen = active & ~people->seen[i];
        if (unseen == 0)
            continue;
        uint32_t seen = people->seen[i];
        people->seen[i] |= active;
        for (int a = 0; a < s->n_acts; a++)
            if (unseen & (1u << a)) {
                const double *act = s->acts + a * A_SIZE;
                uint32_t words[4];
                philox(s->seed, D_RECEPTION + 100 * (uint32_t)act[A_address], (uint32_t)s->step,
                       (uint32_t)i, words);
                if (act[A_private] == 1.0 && !(kind == CORE && told(s, act, i)))
                    continue;
                double other = kind == CORE ? contradicted(s, a, seen, i) : 0.0;
                seen |= 1u << a;
                receive(s, kind, a, unit(words[0]), other, i);
            }
    }
}

static void tally(const Step *s, int64_t i, int row, int32_t change)
{
    const int32_t *of = s->groups_of + i * s->groups_a_fan;
    for (int64_t j = 0; j < s->groups_a_fan; j++)
        if (of[j] >= 0)
            s->groups_next[row * s->n_groups + of[j]] += change;
}

static void post(const Step *s, int kind, int64_t i)
{
    const double *p = s->p;
    double *w = s->world;
    People *one = s->people;
    w[W_volume] += 1.0;
    double expressed = one->expressed[i];
    double heat = outburst(p[P_outburst] * expressed);
    double news = one->flags[i] & AWARE ? w[W_news] : 0.0;
    uint32_t words[4];
    philox(s->seed, D_TOPIC, (uint32_t)s->step, (uint32_t)i, words);
    double mood = unit(words[0]) * (heat + news + p[P_baseline_talk]), about = unit(words[1]);
    if (mood >= heat + news)
        return;
    double earlier = one->n_posts[i]++;
    double deal = w[W_novelty_deal], governance = w[W_novelty_governance], tone = 0.0;
    if (mood < heat) {
        tone = expressed;
        deal = (double)one->deal[i] * (1.0 - (double)one->relief[i]);
        governance = p[P_governance_voice] * (double)one->governance[i];
    }
    int topic = about * (deal + governance) < governance;
    w[mood >= heat ? W_posts_neutral : topic ? W_posts_governance : W_posts_deal] += 1.0;
    w[kind == CORE ? W_posts_core : kind == PUBLIC ? W_posts_public : W_posts_customer] += 1.0;
    if (kind == CORE)
        tally(s, i, topic ? GOVERNANCE_ROW : DEAL_ROW, 1);
    int voice = kind == CORE ? topic ? W_voice_core_governance : W_voice_core_deal
                : topic      ? W_voice_other_governance
                             : W_voice_other_deal;
    w[voice] += (double)(int64_t)(SCALE / (1.0 + earlier));
    one->deal[i] = (float)((double)one->deal[i] * (1.0 - p[P_venting]));
    int64_t signal = (int64_t)(p[P_see_person] * (1.0 + p[P_tone_gain] * tone) * SCALE);
    if (signal > 0) {
        int32_t *row = s->leaving + 3 * (*s->n_leaving)++;
        row[0] = (int32_t)i;
        row[1] = (int32_t)signal;
        row[2] = topic;
    }
}

static void leave(const Step *s, int kind, int64_t i, int what)
{
    const double *p = s->p;
    uint8_t *flags = s->people->flags + i;
    int64_t *census = s->census + kind * N_CENSUS;
    uint32_t words[4];
    philox(s->seed, D_AFTERMATH, (uint32_t)s->step, (uint32_t)i, words);
    if (what & 2) {
        *flags |= DECLARED;
        census[N_DECLARED] += 1;
        double will = p[P_realised_share] * (1.0 - p[P_switching_cost]);
        if (kind != PUBLIC && unit(words[2]) < will)
            *flags |= LEAVER;
        if (kind == CORE)
            tally(s, i, DECLARED_ROW, 1);
        return;
    }
    if (kind == PUBLIC)
        return;
    if (!(*flags & SOLD)
        && unit(words[0]) < event_probability(p[P_sell_per_h] * s->c, s->dt_h)) {
        *flags |= SOLD;
        census[N_SOLD] += 1;
    }
    if ((*flags & LEAVER) && !(*flags & EXITED)
        && unit(words[1]) < event_probability(p[P_exit_per_h] * s->c, s->dt_h)) {
        *flags |= EXITED;
        census[N_EXITED] += 1;
    }
}

static void act(const Step *s, int kind, int64_t lo, int n, const uint8_t *todo)
{
    for (int k = 0; k < n; k++) {
        int what = todo[k];
        if (what == 0)
            continue;
        int64_t i = lo + k;
        uint8_t *flags = s->people->flags + i;
        if (what & 1)
            post(s, kind, i);
        if (what & 8) {
            *flags ^= VISIBLE;
            if (kind == CORE) {
                int change = *flags & VISIBLE ? 1 : -1;
                tally(s, i, OUTRAGED_ROW, change);
                for (int64_t j = s->partner_start[i]; j < s->partner_start[i + 1]; j++)
                    s->outraged_next[s->partner_of[j]] += change;
            }
        }
        if (what & 4) {
            *flags |= UNFOLLOWED;
            s->census[kind * N_CENSUS + N_UNFOLLOWED] += 1;
        }
        if (what & (2 | 16))
            leave(s, kind, i, what);
    }
}

static void block(const Step *s, int kind, int64_t lo, int n)
{
    double views_d[BLOCK], views_g[BLOCK], chat_d[BLOCK], chat_g[BLOCK];
    double reinforced[BLOCK], peers[BLOCK], hit_d[BLOCK], hit_g[BLOCK], hot[BLOCK], posted[BLOCK];
    double u_expose[BLOCK], u_post[BLOCK], u_declare[BLOCK], u_unfollow[BLOCK];
    uint8_t todo[BLOCK];
    const double *p = s->p, *w = s->world;
    People *of = s->people;
    uint32_t step = (uint32_t)s->step, first = (uint32_t)lo;
    for (int i = 0; i < n; i++)
        views_d[i] = views_g[i] = chat_d[i] = chat_g[i] = reinforced[i] = peers[i] = 0.0;
    if (kind == CORE)
        chat(s, lo, n, chat_d, chat_g, reinforced, peers);
    for (int k = 0; k < 5; k++) {
        double keep = p[P_memory_keep + k], weight = p[P_memory_weight + k];
        remember(n, of->memory_deal + k * s->n_people + lo, of->incoming_deal + lo, chat_d, keep,
                 weight, views_d);
        remember(n, of->memory_governance + k * s->n_people + lo, of->incoming_governance + lo,
                 chat_g, keep, weight, views_g);
    }
    for (int i = 0; i < n; i++)
        of->incoming_deal[lo + i] = of->incoming_governance[lo + i] = 0;
    draw(n, s->seed, D_PERSON, step, first, u_expose, u_post, u_declare, u_unfollow);
    double listed = p[P_see_list] * (kind == CORE ? p[P_list_weight_core] : 1.0);
    expose(n, views_d, views_g, s->views[kind], s->views[3 + kind], listed * w[W_level_deal],
           listed * w[W_level_governance], s->c, p[P_attention_cap], u_expose, hit_d, hit_g);
    feel(s, n, of->identification + lo, of->trust + lo, of->blamed_level + lo,
         of->outrage_keep + lo, reinforced, of->recent_deal + lo, of->recent_governance + lo, hit_d,
         hit_g, of->deal + lo, of->governance + lo, hot);
    if (w[W_happened] == 1.0)
        hear(s, kind, lo, n, hot);
    express(p, n, of->deal + lo, of->governance + lo, of->relief + lo, of->conviction + lo,
            of->expressed + lo);
    decide(s, n, of->activity + lo, of->recent_deal + lo, of->recent_governance + lo,
           of->expressed + lo, of->flags + lo, u_post, posted);
    remember_slowly(p, p[P_broken_promise] * w[W_broken], n, of->trust_start + lo,
                    of->identification + lo, of->conviction + lo, of->expressed + lo, of->flags + lo,
                    of->grudge + lo, of->trust + lo);
    mark(p, kind != PUBLIC, kind == CORE ? w[W_unheard] : 0.0, n, peers, of->grudge + lo, of->trust + lo, of->threshold + lo,
         of->expressed + lo, of->flags + lo, posted, u_declare, u_unfollow,
         event_probability(p[P_declare_per_h] * s->c, s->dt_h),
         event_probability(p[P_unfollow_per_h] * s->c, s->dt_h), todo);
    int waiting = 0;
    for (int i = 0; i < n; i++)
        waiting += todo[i] >> 4;
    if (waiting * 8 > n) {
        draw(n, s->seed, D_AFTERMATH, step, first, u_expose, u_post, u_declare, u_unfollow);
        spare(n, of->flags + lo, u_expose, u_post,
              event_probability(p[P_sell_per_h] * s->c, s->dt_h),
              event_probability(p[P_exit_per_h] * s->c, s->dt_h), todo);
    }
    act(s, kind, lo, n, todo);
    int64_t *census = s->census + kind * N_CENSUS;
    census[SUM_EXPRESSED] += fixed_sum(n, of->expressed + lo);
    census[SUM_DEAL] += fixed_sum(n, of->deal + lo);
    census[SUM_GOVERNANCE] += fixed_sum(n, of->governance + lo);
    census[SUM_GRUDGE] += fixed_sum(n, of->grudge + lo);
    census[SUM_TRUST] += fixed_sum(n, of->trust + lo);
}

void people_step(const Step *s)
{
    for (int64_t k = 0; k < s->n_arriving; k++) {
        const int32_t *row = s->arriving + 3 * k;
        int32_t *incoming = row[2] == 0 ? s->people->incoming_deal : s->people->incoming_governance;
        for (int64_t j = s->indptr[row[0]]; j < s->indptr[row[0] + 1]; j++)
            incoming[s->followers[j]] += row[1];
    }
    *s->n_leaving = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int64_t lo = s->bounds[kind]; lo < s->bounds[kind + 1]; lo += BLOCK) {
            int64_t left = s->bounds[kind + 1] - lo;
            block(s, kind, lo, (int)(left < BLOCK ? left : BLOCK));
        }
}

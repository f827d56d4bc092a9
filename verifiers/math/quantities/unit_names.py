"""What units are called in other languages and scripts, and units that other tables lack."""

# the unit of the table = its names, inflected
NAMES = """
m = 米 метр метра метров м metros mètres Meter メートル 미터
km = 千米 公里 км километр километра километров 킬로미터
cm = 厘米 公分 см сантиметр сантиметра сантиметров センチメートル 센티미터
mm = 毫米 мм 밀리미터
dm = 分米 дм
g = 克 г грамм грамма граммов gramos grammes グラム 그램
kg = 千克 公斤 кг килограмм килограмма килограммов キログラム 킬로그램
t = 吨 т тонн тонны тонна
s = 秒 с сек секунд секунды segundos secondes Sekunden 초
min = 分钟 分鐘 мин минут минуты minutos Minuten 분
h = 小时 小時 时 ч час часа часов horas heures Stunden 時間 시간
day = 天 日 день дня дней días jours Tage Tagen 일
week = 周 星期 недель недели неделя
month = 月 个月 месяцев месяца месяц
year = 年 岁 год года лет años ans Jahre 년
L = 升 л литр литра литров litros リットル 리터
mL = 毫升 мл
degree = 度 градус градуса градусов
dollar = 美元 долларов доллара доллар dólares
€ = 欧元 евро
¥ = 元 円 圆
₹ = रुपये
bit = b
"""

# names = [number] base units, as in the table of `verifiers.math.quantities.units`
OWN = """
M = 1000 mol m-3
u amu Da = 0.00000000000000000000000000166053906660 kg
rev revs revolution revolutions = rev
rpm = 1/60 rev s-1
₽ руб рублей рубля рубль = rub
₩ 원 won = krw
里 = 500 m
斤 = 0.5 kg
"""
